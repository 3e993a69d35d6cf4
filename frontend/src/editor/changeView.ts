import { detectLanguage } from './detect';
import { isLanguage } from './languages';
import { monaco } from './monaco';

export interface ShownChange {
  readonly path: string;
  /** Chosen by hand; empty: by name and content. */
  readonly language: string;
  readonly before: string;
  readonly after: string;
}

export interface ChangeView {
  readonly show: (change: ShownChange | null) => void;
  readonly dispose: () => void;
}

/** A text that is only read, with what was added and taken away in it. */
export function createChangeView(container: HTMLElement, theme: 'light' | 'dark', fontSize: number): ChangeView {
  const editor = monaco.editor.createDiffEditor(container, {
    theme: `yoke-${theme}`,
    fontSize,
    automaticLayout: true,
    readOnly: true,
    domReadOnly: true,
    renderSideBySide: false,
    renderOverviewRuler: false,
    ignoreTrimWhitespace: false,
    scrollBeyondLastLine: false,
    minimap: { enabled: false },
    wordWrap: 'on',
    accessibilitySupport: 'on',
    editContext: false,
    unicodeHighlight: { ambiguousCharacters: false },
    unusualLineTerminators: 'off',
  });
  // Given as options of the whole they would be put behind a hint, or left out.
  editor.getModifiedEditor().updateOptions({ ariaLabel: 'The file as it was' });
  editor.getOriginalEditor().updateOptions({ ariaLabel: 'The file before' });
  let models: monaco.editor.ITextModel[] = [];
  let path: string | null = null;

  function show(change: ShownChange | null): void {
    const old = models;
    const top = path !== null && path === change?.path ? editor.getModifiedEditor().getScrollTop() : null;
    path = change?.path ?? null;
    if (change === null) {
      models = [];
      editor.setModel(null);
    } else {
      const { language, before, after } = change;
      const id = isLanguage(language) ? language : detectLanguage(change.path, after || before);
      const original = monaco.editor.createModel(before, id);
      const modified = monaco.editor.createModel(after, id);
      models = [original, modified];
      editor.setModel({ original, modified });
      if (top !== null) editor.getModifiedEditor().setScrollTop(top);
    }
    for (const model of old) model.dispose();
  }

  const listening = editor.onDidUpdateDiff(() => {
    const first = editor.getLineChanges()?.[0];
    if (first !== undefined) {
      editor.getModifiedEditor().revealLineInCenterIfOutsideViewport(Math.max(1, first.modifiedStartLineNumber));
    }
  });

  return {
    show,
    dispose: () => {
      listening.dispose();
      editor.dispose();
      for (const model of models) model.dispose();
    },
  };
}
