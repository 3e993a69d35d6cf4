import { codeAround } from './codeAround';
import { LANGUAGES, PLAIN } from './languages';
import { monaco } from './monaco';
import { scriptSuggestions } from './scriptSuggestions';
import type { Complete, Suggestion, SuggestionKind } from './types';

/** They have a service of their own; ours answers where it knows nothing. */
const SERVED = new Set(['css', 'scss', 'less', 'html', 'handlebars', 'razor', 'json']);

const { CompletionItemKind, CompletionItemInsertTextRule } = monaco.languages;

const KINDS: Readonly<Record<SuggestionKind, monaco.languages.CompletionItemKind>> = {
  keyword: CompletionItemKind.Keyword,
  function: CompletionItemKind.Function,
  class: CompletionItemKind.Class,
  variable: CompletionItemKind.Variable,
  member: CompletionItemKind.Field,
  snippet: CompletionItemKind.Snippet,
  constant: CompletionItemKind.Constant,
  module: CompletionItemKind.Module,
  type: CompletionItemKind.Interface,
  text: CompletionItemKind.Text,
};

function toItem(
  suggestion: Suggestion,
  index: number,
  range: monaco.languages.CompletionItemRanges,
): monaco.languages.CompletionItem {
  const item: monaco.languages.CompletionItem = {
    label: suggestion.label,
    kind: KINDS[suggestion.kind] ?? CompletionItemKind.Text,
    insertText: suggestion.insertText,
    detail: suggestion.detail,
    sortText: index.toString().padStart(5, '0'),
    range,
  };
  return suggestion.kind === 'snippet'
    ? { ...item, insertTextRules: CompletionItemInsertTextRule.InsertAsSnippet }
    : item;
}

/** Suggestions for the models that `isOurs`; the registry is the page's, not one editor's. */
export function registerCompletion(
  complete: Complete,
  isOurs: (model: monaco.editor.ITextModel) => boolean,
): monaco.IDisposable {
  let latest: AbortController | null = null;

  async function ask(
    model: monaco.editor.ITextModel,
    position: monaco.Position,
    token: monaco.CancellationToken,
  ): Promise<monaco.languages.CompletionList | null> {
    latest?.abort();
    const stop = new AbortController();
    latest = stop;
    const onCancel = token.onCancellationRequested(() => stop.abort());
    const version = model.getVersionId();
    const language = model.getLanguageId();
    const whole = model.getOffsetAt(position);
    const { code, offset } = codeAround(model.getValue(), whole);
    const [ours, script] = await Promise.all([
      complete(code, offset, language, stop.signal).catch(() => null),
      scriptSuggestions(model, whole),
    ]);
    onCancel.dispose();
    if (stop.signal.aborted || model.isDisposed()) return null;
    // Answered for another text: what is missing is asked for again with the next key.
    const incomplete = ours === null || script === null || model.getVersionId() !== version;
    const word = model.getWordAtPosition(position);
    const { lineNumber, column } = position;
    const start = word?.startColumn ?? column;
    const range = {
      insert: new monaco.Range(lineNumber, start, lineNumber, column),
      replace: new monaco.Range(lineNumber, start, lineNumber, word?.endColumn ?? column),
    };
    const known = new Set(ours?.map((one) => one.label));
    const all = [...(ours ?? []), ...(script ?? []).filter((one) => !known.has(one.label))];
    return { suggestions: all.map((one, index) => toItem(one, index, range)), incomplete };
  }

  const provider = (
    wanted: (language: string) => boolean,
  ): monaco.languages.CompletionItemProvider => ({
    triggerCharacters: ['.', ':', '>', '$', '@'],
    provideCompletionItems: (model, position, context, token) => {
      if (!isOurs(model) || !wanted(model.getLanguageId())) return null;
      if (!isWorthwhile(model, position, context)) return null;
      return ask(model, position, token);
    },
  });
  const direct = LANGUAGES.map((one) => one.id).filter((id) => !SERVED.has(id));
  const registrations = [
    monaco.languages.registerCompletionItemProvider(direct, provider(() => true)),
    monaco.languages.registerCompletionItemProvider('*', provider((id) => SERVED.has(id))),
  ];
  return {
    dispose: () => {
      latest?.abort();
      for (const one of registrations) one.dispose();
    },
  };
}

/** Of the trigger characters some mean members only in pairs: `::` and `->`. */
function isWorthwhile(
  model: monaco.editor.ITextModel,
  { lineNumber, column }: monaco.Position,
  context: monaco.languages.CompletionContext,
): boolean {
  if (context.triggerKind !== monaco.languages.CompletionTriggerKind.TriggerCharacter) return true;
  if (model.getLanguageId() === PLAIN) return false;
  const before = model.getLineContent(lineNumber).slice(0, column - 1);
  if (/\d\.$/.test(before) && !/[\p{L}_$][\w$]*\.$/u.test(before)) return false;
  return /(\.|::|->|\?\.|[$@])$/.test(before);
}
