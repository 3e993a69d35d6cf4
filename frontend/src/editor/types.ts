/** What pages program against; the editor itself is loaded with `import('../editor/create')`. */
import type { RoomSession } from '../collab/types';

export interface EditorOptions {
  readonly theme: 'light' | 'dark';
  readonly fontSize: number;
  readonly wordWrap: boolean;
  readonly minimap: boolean;
  readonly vim: boolean;
}

export type SuggestionKind =
  | 'keyword' | 'function' | 'class' | 'variable' | 'member'
  | 'snippet' | 'constant' | 'module' | 'type' | 'text';

export interface Suggestion {
  readonly label: string;
  readonly kind: SuggestionKind;
  /** Of a snippet: with `$1`, `${1:name}` and `$0`. */
  readonly insertText: string;
  readonly detail: string;
}

/** Asks for completions; must reject or return [] when `signal` aborts. `offset` in UTF-16 units. */
export type Complete = (
  code: string,
  offset: number,
  language: string,
  signal: AbortSignal,
) => Promise<readonly Suggestion[]>;

export interface EditorDeps {
  readonly session: RoomSession;
  readonly options: EditorOptions;
  readonly complete?: Complete;
  /** Where Vim keys show their mode and command line; without it they show nothing. */
  readonly vimStatus?: HTMLElement;
  /** Following a person led to another file: show it (call `openFile`). */
  readonly onWantFile?: (fileId: string) => void;
  /** Label for screen readers. Default "Code editor". */
  readonly ariaLabel?: string;
}

export interface EditorStatus {
  readonly fileId: string | null;
  /** Monaco's id, e.g. `python`; and how to show it, e.g. `Python`. */
  readonly language: string;
  readonly languageLabel: string;
  /** False when chosen by hand. */
  readonly languageDetected: boolean;
  /** Both from 1. */
  readonly line: number;
  readonly column: number;
  /** UTF-16 units in all selections; 0 when nothing is selected. */
  readonly selected: number;
  readonly cursors: number;
  readonly following: number | null;
}

export interface LanguageChoice {
  readonly id: string;
  readonly label: string;
}

/** One editor; it shows one file at a time and keeps scroll, selection and undo of each. */
export interface CodeEditor {
  /** Shows a file; null shows none. A file removed by somebody empties the view by itself. */
  readonly openFile: (fileId: string | null) => void;
  readonly setOptions: (options: Partial<EditorOptions>) => void;
  /** By hand, for everyone in the room; null goes back to detection. */
  readonly setLanguage: (language: string | null) => void;
  readonly follow: (clientId: number | null) => void;
  readonly undo: () => void;
  readonly redo: () => void;
  readonly focus: () => void;
  /** Moves the caret there and reveals it; both from 1. */
  readonly goTo: (line: number, column: number) => void;
  /** For useSyncExternalStore. */
  readonly status: {
    readonly get: () => EditorStatus;
    readonly subscribe: (listener: () => void) => () => void;
  };
  readonly dispose: () => void;
}

export type CreateEditor = (container: HTMLElement, deps: EditorDeps) => CodeEditor;
