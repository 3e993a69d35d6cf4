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

monaco.editor.defineTheme('yoke-light', {
  base: 'vs',
  inherit: true,
  rules: [],
  colors: { 'editor.background': '#ffffff', 'editorLineNumber.foreground': '#5f6b76', 'editorLineNumber.activeForeground': '#1b2733' },
});
monaco.editor.defineTheme('yoke-dark', {
  base: 'vs-dark',
  inherit: true,
  rules: [],
  colors: { 'editorLineNumber.foreground': '#8b95a1', 'editorLineNumber.activeForeground': '#e6e9ee' },
});

export { monaco };
