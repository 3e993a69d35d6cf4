import type { RoomFile, RoomSession, Selection } from '../collab/types';
import { registerCompletion } from './completion';
import { detectLanguage } from './detect';
import { FileModel } from './fileModel';
import { Follow } from './follow';
import { isLanguage } from './languages';
import { monaco } from './monaco';
import { RemoteCursorView } from './remoteCursors';
import { StatusStore } from './status';
import type { CodeEditor, EditorDeps, EditorOptions } from './types';
import { VimKeys } from './vim';

/** After typing paused, a file without a telling name is looked at again. */
const DETECT_MS = 600;

function toMonaco(options: Partial<EditorOptions>): monaco.editor.IEditorOptions {
  const { fontSize, wordWrap, minimap } = options;
  return {
    ...(fontSize === undefined ? {} : { fontSize }),
    ...(wordWrap === undefined ? {} : { wordWrap: wordWrap ? 'on' : 'off' }),
    ...(minimap === undefined ? {} : { minimap: { enabled: minimap } }),
  };
}

function languageFor(file: RoomFile, text: string): string {
  const byHand = file.language;
  return byHand !== null && isLanguage(byHand) ? byHand : detectLanguage(file.path, text);
}

function startMonaco(container: HTMLElement, deps: EditorDeps): monaco.editor.IStandaloneCodeEditor {
  return monaco.editor.create(container, {
    ...toMonaco(deps.options),
    theme: `yoke-${deps.options.theme}`,
    model: null,
    accessibilitySupport: 'on',
    ariaLabel: deps.ariaLabel ?? 'Code editor',
    automaticLayout: true,
    // With the browser's EditContext, keys typed while remote edits come in land
    // where the caret was before them: words of three people were torn apart.
    editContext: false,
    fixedOverflowWidgets: true,
    padding: { top: 8, bottom: 8 },
    scrollBeyondLastLine: false,
    renderLineHighlightOnlyWhenFocus: true,
    suggest: { showStatusBar: false, insertMode: 'insert' },
    unicodeHighlight: { ambiguousCharacters: false },
    unusualLineTerminators: 'off',
    wordBasedSuggestions: 'off',
  });
}

class Editor implements CodeEditor {
  readonly status: StatusStore;
  readonly #session: RoomSession;
  readonly #deps: EditorDeps;
  readonly #monaco: monaco.editor.IStandaloneCodeEditor;
  readonly #files = new Map<string, FileModel>();
  readonly #cursors: RemoteCursorView;
  readonly #follow: Follow;
  readonly #vim: VimKeys;
  readonly #stops: (() => void)[] = [];
  #shown: FileModel | null = null;
  /** Asked for; shown as soon as the file is there. */
  #wanted: string | null = null;
  #selections: readonly Selection[] = [];
  #detectTimer: ReturnType<typeof setTimeout> | undefined;
  #releaseTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(container: HTMLElement, deps: EditorDeps) {
    this.#deps = deps;
    this.#session = deps.session;
    this.#monaco = startMonaco(container, deps);
    this.status = new StatusStore(this.#monaco, () => ({
      fileId: this.#shown?.fileId ?? null,
      detected: this.#isDetected(),
      following: this.#follow?.target ?? null,
    }));
    this.#cursors = new RemoteCursorView(this.#monaco, this.#session.presence);
    this.#follow = new Follow({
      editor: this.#monaco,
      session: this.#session,
      shownFile: () => this.#shown,
      showFile: deps.onWantFile ?? ((fileId) => this.openFile(fileId)),
      onChange: this.status.refresh,
    });
    this.#vim = new VimKeys(this.#monaco, deps.vimStatus ?? null, () => this.#shown?.breakUndo());
    this.#vim.set(deps.options.vim);
    this.#listen();
  }

  readonly openFile = (fileId: string | null): void => {
    this.#wanted = fileId;
    this.#show(fileId === null ? null : this.#modelOf(fileId));
  };

  readonly setOptions = (options: Partial<EditorOptions>): void => {
    this.#monaco.updateOptions(toMonaco(options));
    if (options.theme !== undefined) monaco.editor.setTheme(`yoke-${options.theme}`);
    if (options.vim !== undefined) this.#vim.set(options.vim);
  };

  readonly setLanguage = (language: string | null): void => {
    if (this.#shown !== null) this.#session.files.setLanguage(this.#shown.fileId, language);
  };

  readonly follow = (clientId: number | null): void => this.#follow.set(clientId);
  readonly undo = (): void => this.#shown?.undo();
  readonly redo = (): void => this.#shown?.redo();
  readonly focus = (): void => this.#monaco.focus();

  readonly goTo = (line: number, column: number): void => {
    this.#monaco.setPosition({ lineNumber: line, column });
    this.#monaco.revealLineInCenterIfOutsideViewport(line);
  };

  readonly dispose = (): void => {
    clearTimeout(this.#detectTimer);
    clearTimeout(this.#releaseTimer);
    this.#session.presence.setPlace(null);
    this.#vim.dispose();
    this.#follow.dispose();
    this.#cursors.dispose();
    for (const stop of this.#stops) stop();
    this.#monaco.dispose();
    for (const file of this.#files.values()) file.dispose();
    this.#files.clear();
    this.status.dispose();
  };

  #listen(): void {
    const editor = this.#monaco;
    const own = (disposable: monaco.IDisposable): void => {
      this.#stops.push(() => disposable.dispose());
    };
    own(editor.onDidChangeCursorSelection((event) => this.#onSelection(event)));
    own(editor.onDidChangeModelContent(() => this.#onContent()));
    own(editor.onDidChangeModelLanguage(this.status.refresh));
    own(editor.onDidCompositionStart(() => this.#hold()));
    own(editor.onDidCompositionEnd(() => this.#releaseSoon()));
    own(editor.onDidBlurEditorText(() => this.#releaseSoon()));
    this.#stops.push(this.#session.files.subscribe(() => this.#onFiles()));
    if (this.#deps.complete !== undefined) {
      const isOurs = (model: monaco.editor.ITextModel): boolean => model === this.#shown?.model;
      own(registerCompletion(this.#deps.complete, isOurs));
    }
  }

  #modelOf(fileId: string): FileModel | null {
    const open = this.#files.get(fileId);
    const text = this.#session.files.text(fileId);
    const file = this.#session.files.byId(fileId);
    if (open !== undefined && open.text === text) return open;
    if (open !== undefined) this.#drop(open);
    if (text === null || file === null) return null;
    const language = languageFor(file, text.toString());
    const made = new FileModel(fileId, file.displayPath, text, language, {
      editorOf: (model) => (this.#monaco.getModel() === model ? this.#monaco : null),
      lastSelections: () => this.#selections,
    });
    this.#files.set(fileId, made);
    return made;
  }

  #show(file: FileModel | null): void {
    if (file === this.#shown) return;
    this.#shown?.leave(this.#monaco);
    this.#shown = file;
    this.#selections = [];
    this.#monaco.setModel(file?.model ?? null);
    file?.enter(this.#monaco);
    this.#readSelections();
    this.#cursors.attach(file);
    this.#publish();
    this.#follow.shown();
    this.status.refresh();
  }

  #drop(file: FileModel): void {
    if (file === this.#shown) {
      this.#shown = null;
      this.#monaco.setModel(null);
      this.#cursors.attach(null);
      this.#publish();
    }
    this.#files.delete(file.fileId);
    file.dispose();
  }

  #onFiles(): void {
    const { files } = this.#session;
    for (const file of [...this.#files.values()]) {
      if (files.text(file.fileId) !== file.text) this.#drop(file);
    }
    if (this.#shown === null && this.#wanted !== null) this.#show(this.#modelOf(this.#wanted));
    this.#updateLanguage();
    this.status.refresh();
  }

  #onSelection(event: monaco.editor.ICursorSelectionChangedEvent): void {
    this.#readSelections();
    if (event.reason === monaco.editor.CursorChangeReason.Explicit) this.#shown?.breakUndo();
    this.#publish();
    this.status.refresh();
  }

  /** A cursor that keeps line and column while text above it changes has no event of its own. */
  #onContent(): void {
    this.#readSelections();
    this.#detectLater();
  }

  #readSelections(): void {
    const model = this.#shown?.model;
    if (model === undefined) {
      this.#selections = [];
      return;
    }
    this.#selections = (this.#monaco.getSelections() ?? []).map((one) => ({
      anchor: model.getOffsetAt({ lineNumber: one.selectionStartLineNumber, column: one.selectionStartColumn }),
      head: model.getOffsetAt({ lineNumber: one.positionLineNumber, column: one.positionColumn }),
    }));
  }

  #publish(): void {
    const file = this.#shown;
    if (file === null) return this.#session.presence.setPlace(null);
    const selections = this.#selections.map(({ anchor, head }) => ({
      anchor: file.sync.toText(anchor),
      head: file.sync.toText(head),
    }));
    this.#session.presence.setPlace({ fileId: file.fileId, selections });
  }

  /** An input method composes: remote edits must not pull the text away under it. */
  #hold(): void {
    clearTimeout(this.#releaseTimer);
    this.#shown?.sync.hold();
  }

  /** In a later task: the composed text itself may come after the event. */
  #releaseSoon(): void {
    clearTimeout(this.#releaseTimer);
    const file = this.#shown;
    this.#releaseTimer = setTimeout(() => file?.sync.release(), 0);
  }

  #isDetected(): boolean {
    const file = this.#shown === null ? null : this.#session.files.byId(this.#shown.fileId);
    return file === null || file.language === null || !isLanguage(file.language);
  }

  #detectLater(): void {
    clearTimeout(this.#detectTimer);
    this.#detectTimer = setTimeout(() => this.#updateLanguage(), DETECT_MS);
  }

  #updateLanguage(): void {
    const shown = this.#shown;
    const file = shown === null ? null : this.#session.files.byId(shown.fileId);
    if (shown === null || file === null) return;
    const language = languageFor(file, shown.model.getValue());
    if (language !== shown.model.getLanguageId()) monaco.editor.setModelLanguage(shown.model, language);
  }
}

/** Makes the editor inside `container`. Whoever makes it disposes it. */
export function createEditor(container: HTMLElement, deps: EditorDeps): CodeEditor {
  return new Editor(container, deps);
}
