/** The editor component as we use it: its workers from our own origin, set up once. */
import * as monaco from 'monaco-editor';
import EditorWorker from 'monaco-editor/esm/vs/editor/editor.worker.js?worker';
import CssWorker from 'monaco-editor/esm/vs/language/css/css.worker.js?worker';
import HtmlWorker from 'monaco-editor/esm/vs/language/html/html.worker.js?worker';
import JsonWorker from 'monaco-editor/esm/vs/language/json/json.worker.js?worker';
import TsWorker from 'monaco-editor/esm/vs/language/typescript/ts.worker.js?worker';

function makeWorker(label: string): Worker {
  switch (label) {
    case 'json':
      return new JsonWorker();
    case 'css':
    case 'scss':
    case 'less':
      return new CssWorker();
    case 'html':
    case 'handlebars':
    case 'razor':
      return new HtmlWorker();
    case 'typescript':
    case 'javascript':
      return new TsWorker();
    default:
      return new EditorWorker();
  }
}

globalThis.MonacoEnvironment = { getWorker: (_id, label) => makeWorker(label) };

// The editor gives up some of its own promises without a listener: no news for anybody.
window.addEventListener('unhandledrejection', (event) => {
  const reason: unknown = event.reason;
  if (reason instanceof Error && reason.name === 'Canceled') event.preventDefault();
});

/** Packages are not here, so types would be called missing everywhere: syntax alone is checked. */
for (const defaults of [monaco.typescript.typescriptDefaults, monaco.typescript.javascriptDefaults]) {
  defaults.setDiagnosticsOptions({
    noSemanticValidation: true,
    noSuggestionDiagnostics: true,
    noSyntaxValidation: false,
  });
  defaults.setCompilerOptions({
    allowJs: true,
    allowNonTsExtensions: true,
    jsx: monaco.typescript.JsxEmit.Preserve,
    target: monaco.typescript.ScriptTarget.ESNext,
    module: monaco.typescript.ModuleKind.ESNext,
  });
  // Merged with the server's suggestions in completion.ts.
  defaults.setModeConfiguration({ ...defaults.modeConfiguration, completionItems: false });
}

const colored = (foreground: string, ...tokens: string[]): monaco.editor.ITokenThemeRule[] =>
  tokens.map((token) => ({ token, foreground }));

// The rules are for tokens that the base themes draw too pale to be read by everybody.
monaco.editor.defineTheme('yoke-light', {
  base: 'vs',
  inherit: true,
  rules: [
    ...colored('6b6b6b', 'annotation', 'metatag.html', 'metatag.xml'),
    ...colored('d00000', 'attribute.name', 'metatag.content.html', 'string.sql'),
    ...colored('5b6b7c', 'operator.sql'),
  ],
  colors: { 'editor.background': '#ffffff', 'editorLineNumber.foreground': '#5f6b76', 'editorLineNumber.activeForeground': '#1b2733' },
});
monaco.editor.defineTheme('yoke-dark', {
  base: 'vs-dark',
  inherit: true,
  rules: [
    ...colored('6a9955', 'comment'),
    ...colored('c678a9', 'regexp'),
    ...colored('e06c6c', 'annotation', 'string.sql'),
    ...colored('9a9a9a', 'delimiter.html', 'delimiter.xml'),
    ...colored('7fa3d8', 'variable.predefined', 'tag.id.pug', 'tag.class.pug'),
    ...colored('8899aa', 'operator.sql'),
  ],
  colors: { 'editorLineNumber.foreground': '#8b95a1', 'editorLineNumber.activeForeground': '#e6e9ee' },
});

export { monaco };
