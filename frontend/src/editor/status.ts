import { Listeners } from '../collab/store';
import { languageLabel, PLAIN } from './languages';
import type { monaco } from './monaco';
import type { EditorStatus } from './types';

export interface StatusInput {
  readonly fileId: string | null;
  readonly detected: boolean;
  readonly following: number | null;
}

function read(editor: monaco.editor.ICodeEditor, input: StatusInput): EditorStatus {
  const model = editor.getModel();
  const selections = editor.getSelections() ?? [];
  const position = editor.getPosition();
  const language = model?.getLanguageId() ?? PLAIN;
  return {
    fileId: input.fileId,
    language,
    languageLabel: languageLabel(language),
    languageDetected: input.detected,
    line: position?.lineNumber ?? 1,
    column: position?.column ?? 1,
    selected: selections.reduce((sum, one) => sum + (model?.getValueLengthInRange(one) ?? 0), 0),
    cursors: Math.max(1, selections.length),
    following: input.following,
  };
}

/** What the status line shows of the editor. */
export class StatusStore {
  readonly #listeners = new Listeners();
  readonly #read: () => EditorStatus;
  #value: EditorStatus;

  constructor(editor: monaco.editor.ICodeEditor, input: () => StatusInput) {
    this.#read = () => read(editor, input());
    this.#value = this.#read();
  }

  readonly get = (): EditorStatus => this.#value;
  readonly subscribe = this.#listeners.subscribe;

  readonly refresh = (): void => {
    const next = this.#read();
    const keys = Object.keys(next) as (keyof EditorStatus)[];
    if (keys.every((key) => next[key] === this.#value[key])) return;
    this.#value = next;
    this.#listeners.notify();
  };

  dispose(): void {
    this.#listeners.clear();
  }
}
