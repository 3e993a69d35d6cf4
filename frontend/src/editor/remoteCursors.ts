import './remoteCursors.css';
import type { Presence, RemoteCursors, Selection } from '../collab/types';
import type { FileModel } from './fileModel';
import { monaco } from './monaco';
import { PeerStyles } from './peerStyles';

/** How long a name stays after its person moved. */
const NAME_MS = 2500;

const { NeverGrowsWhenTypingAtEdges, GrowsOnlyWhenTypingBefore } =
  monaco.editor.TrackedRangeStickiness;

/** A person's name at the caret. */
class NameLabel implements monaco.editor.IContentWidget {
  readonly #editor: monaco.editor.ICodeEditor;
  readonly #id: string;
  readonly #node = document.createElement('div');
  #at: monaco.IPosition | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(editor: monaco.editor.ICodeEditor, clientId: number) {
    this.#editor = editor;
    this.#id = `yoke.name.${clientId}`;
    this.#node.setAttribute('aria-hidden', 'true'); // the list of people tells it
    editor.addContentWidget(this);
  }

  getId = (): string => this.#id;
  getDomNode = (): HTMLElement => this.#node;
  getPosition = (): monaco.editor.IContentWidgetPosition | null => {
    const { ABOVE, BELOW } = monaco.editor.ContentWidgetPositionPreference;
    return this.#at === null ? null : { position: this.#at, preference: [ABOVE, BELOW] };
  };

  show(name: string, peerClass: string, at: monaco.IPosition): void {
    this.#node.className = `yoke-name ${peerClass}`;
    if (this.#node.textContent !== name) this.#node.textContent = name;
    this.#at = at;
    this.#editor.layoutContentWidget(this);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.hide(), NAME_MS);
  }

  hide(): void {
    clearTimeout(this.#timer);
    if (this.#at === null) return;
    this.#at = null;
    this.#editor.layoutContentWidget(this);
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#editor.removeContentWidget(this);
  }
}

class Peer {
  readonly decorations: monaco.editor.IEditorDecorationsCollection;
  readonly label: NameLabel;
  movedAt = -1;
  name = '';
  color = '';
  peerClass = '';

  constructor(editor: monaco.editor.ICodeEditor, clientId: number) {
    this.decorations = editor.createDecorationsCollection();
    this.label = new NameLabel(editor, clientId);
  }

  /** Carets as they are now, moved along by whatever was typed since. */
  carets(): monaco.Position[] {
    return this.decorations
      .getRanges()
      .filter((range) => range.isEmpty())
      .map((range) => range.getStartPosition());
  }

  dispose(): void {
    this.decorations.clear();
    this.label.dispose();
  }
}

/** Draws the others' carets, selections and names in the file that is shown. */
export class RemoteCursorView {
  readonly #editor: monaco.editor.ICodeEditor;
  readonly #presence: Presence;
  readonly #styles = new PeerStyles();
  readonly #peers = new Map<number, Peer>();
  readonly #stops: (() => void)[];
  #file: FileModel | null = null;
  #frame = 0;

  constructor(editor: monaco.editor.ICodeEditor, presence: Presence) {
    this.#editor = editor;
    this.#presence = presence;
    const mouse = editor.onMouseMove((event) => this.#onMouse(event.target.position));
    this.#stops = [presence.subscribe(() => this.#drawSoon()), () => mouse.dispose()];
  }

  /** The editor shows `file` now. */
  attach(file: FileModel | null): void {
    for (const peer of this.#peers.values()) peer.dispose();
    this.#peers.clear();
    this.#file = file;
    this.#draw();
  }

  dispose(): void {
    cancelAnimationFrame(this.#frame);
    for (const stop of this.#stops) stop();
    for (const peer of this.#peers.values()) peer.dispose();
    this.#peers.clear();
    this.#styles.dispose();
  }

  #drawSoon(): void {
    cancelAnimationFrame(this.#frame);
    this.#frame = requestAnimationFrame(() => this.#draw());
  }

  #draw(): void {
    const file = this.#file;
    const cursors = file === null ? [] : this.#presence.cursorsIn(file.fileId);
    const present = new Set(cursors.map((one) => one.clientId));
    for (const [clientId, peer] of this.#peers) {
      if (present.has(clientId)) continue;
      peer.dispose();
      this.#peers.delete(clientId);
    }
    this.#styles.keepOnly(present);
    // While an input method is at work the model is behind the shared text.
    if (file === null || file.sync.holding) return;
    for (const one of cursors) this.#drawPeer(file, one);
  }

  #drawPeer(file: FileModel, one: RemoteCursors): void {
    let peer = this.#peers.get(one.clientId);
    if (peer === undefined) {
      peer = new Peer(this.#editor, one.clientId);
      this.#peers.set(one.clientId, peer);
    }
    const moved = peer.movedAt !== one.movedAt;
    if (!moved && peer.name === one.name && peer.color === one.color) return;
    const { selections } = one;
    const [primary] = selections;
    peer.name = one.name;
    peer.color = one.color;
    peer.peerClass = this.#styles.use(one.clientId, one.color);
    const { peerClass } = peer;
    peer.decorations.set(selections.flatMap((s) => decorate(file, s, peerClass, one)));
    if (primary === undefined) return peer.label.hide(); // not resolved yet: looked at again
    peer.movedAt = one.movedAt;
    if (moved) peer.label.show(one.name, peerClass, file.model.getPositionAt(primary.head));
  }

  #onMouse(position: monaco.Position | null): void {
    if (position === null || this.#peers.size === 0) return;
    for (const peer of this.#peers.values()) {
      const caret = peer
        .carets()
        .find((at) => at.lineNumber === position.lineNumber && Math.abs(at.column - position.column) <= 1);
      if (caret !== undefined) peer.label.show(peer.name, peer.peerClass, caret);
    }
  }
}

function decorate(
  file: FileModel,
  selection: Selection,
  peerClass: string,
  { color }: RemoteCursors,
): monaco.editor.IModelDeltaDecoration[] {
  const range = file.selectionAt(selection);
  const head = range.getPosition();
  const caret: monaco.editor.IModelDeltaDecoration = {
    range: monaco.Range.fromPositions(head),
    options: {
      // What is typed at a caret by somebody else stands after it, as on its owner's page.
      stickiness: GrowsOnlyWhenTypingBefore,
      beforeContentClassName: `yoke-caret ${peerClass}`,
      overviewRuler: { color, position: monaco.editor.OverviewRulerLane.Full },
    },
  };
  if (range.isEmpty()) return [caret];
  return [
    caret,
    {
      range,
      options: {
        stickiness: NeverGrowsWhenTypingAtEdges,
        className: `yoke-selection ${peerClass}`,
      },
    },
  ];
}
