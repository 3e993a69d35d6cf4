import * as Y from 'yjs';
import type { Selection } from '../collab/types';
import { type Edit, fromEdits, moveOffset } from './delta';
import { monaco } from './monaco';
import { TextSync } from './textSync';
import { anchorView, restoreView } from './viewAnchor';

const LF = monaco.editor.EndOfLineSequence.LF;
/** A longer insert is undone by itself: a paste, not typing. */
const TYPED_MAX = 64;
const CAPTURE_MS = 500;

/** The editor as one file's model needs it. */
export interface FileView {
  /** Null while the editor shows another file. */
  readonly editorOf: (model: monaco.editor.ITextModel) => monaco.editor.ICodeEditor | null;
  /** As they were after the last cursor event: during a change, those from before it. */
  readonly lastSelections: () => readonly Selection[];
}

interface RelativeSelection {
  readonly anchor: Y.RelativePosition;
  readonly head: Y.RelativePosition;
}

let made = 0;

/** Unique, and with the file's name at its end: the language services look at the extension. */
function uriOf(fileId: string, path: string): monaco.Uri {
  made += 1;
  return monaco.Uri.from({ scheme: 'inmemory', authority: `room${made}`, path: `/${fileId}/${path}` });
}

/** One file in the editor: model, binding, undo. Lives until the file or the editor is gone. */
export class FileModel {
  readonly fileId: string;
  readonly text: Y.Text;
  readonly model: monaco.editor.ITextModel;
  readonly sync: TextSync;
  viewState: monaco.editor.ICodeEditorViewState | null = null;
  readonly #view: FileView;
  readonly #undo: Y.UndoManager;
  readonly #listener: monaco.IDisposable;
  #selectionsBefore: readonly RelativeSelection[] = [];
  #leftAt: readonly RelativeSelection[] = [];
  #applying = false;

  constructor(fileId: string, path: string, text: Y.Text, language: string, view: FileView) {
    this.fileId = fileId;
    this.text = text;
    this.#view = view;
    this.model = monaco.editor.createModel('', language, uriOf(fileId, path));
    this.model.setEOL(LF);
    this.sync = new TextSync(text, {
      getValue: () => this.model.getValue(monaco.editor.EndOfLinePreference.LF),
      apply: (edits) => this.#apply(edits),
    });
    this.model.detectIndentation(true, 4);
    this.#undo = new Y.UndoManager(text, {
      trackedOrigins: new Set([this.sync.origin]),
      captureTimeout: CAPTURE_MS,
    });
    this.#undo.on('stack-item-added', ({ stackItem }) => {
      stackItem.meta.set(this, this.#selectionsBefore);
    });
    this.#undo.on('stack-item-popped', ({ stackItem }) => this.#restore(stackItem.meta.get(this)));
    // Every way to undo ends in the model: key, menu, palette, Vim's `u`. The
    // model's own stack would take back what the others wrote.
    Object.assign(this.model, {
      undo: () => this.undo(),
      redo: () => this.redo(),
      canUndo: () => this.#undo.canUndo(),
      canRedo: () => this.#undo.canRedo(),
    });
    this.#listener = this.model.onDidChangeContent((event) => this.#onContent(event));
  }

  undo(): void {
    this.#selectionsBefore = this.#relative(this.#view.lastSelections());
    this.#undo.undo();
  }

  redo(): void {
    this.#selectionsBefore = this.#relative(this.#view.lastSelections());
    this.#undo.redo();
  }

  /** What is typed from here on is undone apart from what was typed before. */
  breakUndo(): void {
    this.#undo.stopCapturing();
  }

  /** The editor turns to another file. */
  leave(editor: monaco.editor.ICodeEditor): void {
    this.sync.release();
    this.viewState = editor.saveViewState();
    this.#leftAt = this.#relative(this.#view.lastSelections());
  }

  /** The editor shows this file now. */
  enter(editor: monaco.editor.ICodeEditor): void {
    this.model.setEOL(LF);
    if (this.viewState === null) return;
    editor.restoreViewState(this.viewState);
    const selections = this.#absolute(this.#leftAt);
    if (selections.length > 0) editor.setSelections(selections);
  }

  dispose(): void {
    this.#listener.dispose();
    this.#undo.destroy();
    this.sync.dispose();
    this.model.dispose();
  }

  selectionAt({ anchor, head }: Selection): monaco.Selection {
    return monaco.Selection.fromPositions(
      this.model.getPositionAt(anchor),
      this.model.getPositionAt(head),
    );
  }

  #onContent(event: monaco.editor.IModelContentChangedEvent): void {
    if (this.#applying) return;
    const pasted = event.changes.some((change) => change.text.length > TYPED_MAX);
    if (pasted) this.breakUndo();
    if (this.#beginsUndoItem()) this.#selectionsBefore = this.#relative(this.#view.lastSelections());
    this.sync.local(
      event.changes.map(({ rangeOffset, rangeLength, text }) => ({
        offset: rangeOffset,
        length: rangeLength,
        text,
      })),
    );
    if (pasted) this.breakUndo();
    if (event.eol !== '\n') this.model.setEOL(LF);
  }

  #beginsUndoItem(): boolean {
    const { lastChange, undoStack } = this.#undo;
    return undoStack.length === 0 || lastChange === 0 || Date.now() - lastChange >= CAPTURE_MS;
  }

  #apply(edits: readonly Edit[]): void {
    const editor = this.#view.editorOf(this.model);
    const before = editor === null ? [] : this.#view.lastSelections();
    const anchor = editor === null ? null : anchorView(editor, this.model);
    this.#applying = true;
    try {
      this.model.applyEdits(
        edits.map(({ offset, length, text }) => ({
          range: monaco.Range.fromPositions(
            this.model.getPositionAt(offset),
            this.model.getPositionAt(offset + length),
          ),
          text,
        })),
      );
    } finally {
      this.#applying = false;
    }
    if (editor === null) return;
    const delta = fromEdits(edits);
    if (anchor !== null) restoreView(editor, this.model, anchor, delta);
    const after = before.map(({ anchor, head }) => ({
      anchor: moveOffset(delta, anchor, anchor < head ? 'right' : 'left'),
      head: moveOffset(delta, head, head < anchor ? 'right' : 'left'),
    }));
    select(editor, after.map((one) => this.selectionAt(one)));
  }

  #relative(selections: readonly Selection[]): RelativeSelection[] {
    const at = (offset: number, isStart: boolean): Y.RelativePosition => {
      const index = Math.min(this.sync.toText(offset), this.text.length);
      return Y.createRelativePositionFromTypeIndex(this.text, index, isStart ? 0 : -1);
    };
    return selections.map(({ anchor, head }) => ({
      anchor: at(anchor, anchor < head),
      head: at(head, head < anchor),
    }));
  }

  #absolute(selections: readonly RelativeSelection[]): monaco.Selection[] {
    const { doc } = this.text;
    if (doc === null) return [];
    const index = (position: Y.RelativePosition): number =>
      Y.createAbsolutePositionFromRelativePosition(position, doc)?.index ?? 0;
    return selections.map((one) =>
      this.selectionAt({ anchor: index(one.anchor), head: index(one.head) }),
    );
  }

  #restore(kept: unknown): void {
    const editor = this.#view.editorOf(this.model);
    if (editor === null || !Array.isArray(kept)) return;
    const selections = this.#absolute(kept as RelativeSelection[]);
    const [first] = selections;
    if (first === undefined) return;
    select(editor, selections);
    editor.revealPositionInCenterIfOutsideViewport(first.getPosition());
  }
}

/** Only where something differs: setting selections closes an open suggestion list. */
function select(editor: monaco.editor.ICodeEditor, selections: monaco.Selection[]): void {
  const now = editor.getSelections() ?? [];
  const same =
    now.length === selections.length &&
    now.every((one, i) => {
      const other = selections[i];
      return other !== undefined && one.equalsSelection(other);
    });
  if (!same && selections.length > 0) editor.setSelections(selections, 'yoke.sync');
}
