import type { monaco } from './monaco';

interface VimState {
  readonly dispose: () => void;
  readonly state?: { readonly vim?: { readonly insertMode?: boolean } | null };
}

/** Vim keys, fetched when first switched on. */
export class VimKeys {
  readonly #editor: monaco.editor.IStandaloneCodeEditor;
  readonly #status: HTMLElement | null;
  readonly #onCommand: () => void;
  #wanted = false;
  #mode: { dispose: () => void } | null = null;

  /** `onCommand`: a key outside insert mode; what it does is to be undone by itself. */
  constructor(
    editor: monaco.editor.IStandaloneCodeEditor,
    status: HTMLElement | null,
    onCommand: () => void,
  ) {
    this.#editor = editor;
    this.#status = status;
    this.#onCommand = onCommand;
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
    const mode: VimState = initVimMode(this.#editor, this.#status);
    const keys = this.#editor.onKeyDown(() => {
      if (mode.state?.vim?.insertMode !== true) this.#onCommand();
    });
    this.#mode = {
      dispose: () => {
        keys.dispose();
        mode.dispose();
      },
    };
  }

  #stop(): void {
    this.#mode?.dispose();
    this.#mode = null;
    this.#status?.replaceChildren();
  }
}
