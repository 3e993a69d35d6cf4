import type { monaco } from './monaco';

/** Vim keys, fetched when first switched on. */
export class VimKeys {
  readonly #editor: monaco.editor.IStandaloneCodeEditor;
  readonly #status: HTMLElement | null;
  #wanted = false;
  #mode: { dispose: () => void } | null = null;

  constructor(editor: monaco.editor.IStandaloneCodeEditor, status: HTMLElement | null) {
    this.#editor = editor;
    this.#status = status;
  }

  set(on: boolean): void {
    this.#wanted = on;
    if (on) void this.#start();
    else this.#stop();
  }

  dispose(): void {
    this.set(false);
  }

  async #start(): Promise<void> {
    const { initVimMode } = await import('monaco-vim');
    if (!this.#wanted || this.#mode !== null) return;
    this.#mode = initVimMode(this.#editor, this.#status);
  }

  #stop(): void {
    this.#mode?.dispose();
    this.#mode = null;
    this.#status?.replaceChildren();
  }
}
