import type { RoomSession } from '../collab/types';
import type { FileModel } from './fileModel';
import { monaco } from './monaco';

const MODIFIERS = new Set([
  monaco.KeyCode.Shift,
  monaco.KeyCode.Ctrl,
  monaco.KeyCode.Alt,
  monaco.KeyCode.Meta,
]);

export interface FollowHost {
  readonly editor: monaco.editor.ICodeEditor;
  readonly session: RoomSession;
  readonly shownFile: () => FileModel | null;
  readonly showFile: (fileId: string) => void;
  readonly onChange: () => void;
}

/** Goes where another person goes, until the own hands take over. */
export class Follow {
  readonly #host: FollowHost;
  readonly #stops: (() => void)[];
  #target: number | null = null;
  #seen = -1;
  #frame = 0;

  constructor(host: FollowHost) {
    this.#host = host;
    const { editor, session } = host;
    const stop = (): void => this.set(null);
    const keys = editor.onKeyDown((event) => {
      const copies = (event.ctrlKey || event.metaKey) && event.keyCode === monaco.KeyCode.KeyC;
      if (!MODIFIERS.has(event.keyCode) && !copies) stop();
    });
    const mouse = editor.onMouseDown(stop);
    const paste = editor.onDidPaste(stop);
    const node = editor.getContainerDomNode();
    // Captured, because the editor keeps these events to itself.
    node.addEventListener('wheel', stop, { passive: true, capture: true });
    node.addEventListener('touchmove', stop, { passive: true, capture: true });
    this.#stops = [
      () => keys.dispose(),
      () => mouse.dispose(),
      () => paste.dispose(),
      () => node.removeEventListener('wheel', stop, true),
      () => node.removeEventListener('touchmove', stop, true),
      session.presence.subscribe(() => this.#goSoon()),
      session.people.subscribe(() => this.#goSoon()),
    ];
  }

  get target(): number | null {
    return this.#target;
  }

  set(clientId: number | null): void {
    const target = clientId === this.#host.session.clientId ? null : clientId;
    if (target === this.#target) return;
    this.#target = target;
    this.#seen = -1;
    this.#host.session.presence.setFollowing(target);
    this.#host.onChange();
    this.#go();
  }

  /** The file that was wanted is shown now. */
  shown(): void {
    this.#seen = -1;
    this.#goSoon();
  }

  dispose(): void {
    cancelAnimationFrame(this.#frame);
    for (const stop of this.#stops) stop();
    if (this.#target !== null) this.#host.session.presence.setFollowing(null);
  }

  #goSoon(): void {
    if (this.#target === null) return;
    cancelAnimationFrame(this.#frame);
    this.#frame = requestAnimationFrame(() => this.#go());
  }

  #go(): void {
    if (this.#target === null) return;
    const { editor, session, shownFile, showFile } = this.#host;
    if (!session.people.get().some((person) => person.clientId === this.#target)) {
      return this.set(null);
    }
    const place = session.presence.placeOf(this.#target);
    if (place === null || place.movedAt === this.#seen) return;
    const file = shownFile();
    if (file === null || file.fileId !== place.fileId) return showFile(place.fileId);
    const [primary] = place.selections;
    if (primary === undefined || file.sync.holding) return;
    this.#seen = place.movedAt;
    editor.revealPositionInCenterIfOutsideViewport(file.model.getPositionAt(primary.head));
  }
}
