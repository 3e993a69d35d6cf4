import { monaco } from './monaco';
import type { Suggestion, SuggestionKind } from './types';

/** The first answer takes its worker seconds; the list does not wait for that. */
const WAIT_MS = 350;

/** Names of the TypeScript service's element kinds. */
const KINDS: Readonly<Record<string, SuggestionKind>> = {
  keyword: 'keyword',
  function: 'function',
  'local function': 'function',
  method: 'function',
  class: 'class',
  interface: 'type',
  type: 'type',
  'type parameter': 'type',
  enum: 'class',
  const: 'constant',
  module: 'module',
  alias: 'module',
  property: 'member',
  getter: 'member',
  setter: 'member',
  'enum member': 'constant',
};

interface Entry {
  readonly name: string;
  readonly kind: string;
  readonly sortText: string;
}

function entriesOf(answer: unknown): Entry[] {
  if (typeof answer !== 'object' || answer === null || !('entries' in answer)) return [];
  return Array.isArray(answer.entries) ? (answer.entries as Entry[]) : [];
}

async function ask(model: monaco.editor.ITextModel, offset: number): Promise<Suggestion[]> {
  const { typescript } = monaco;
  const connect = await (model.getLanguageId() === 'typescript'
    ? typescript.getTypeScriptWorker()
    : typescript.getJavaScriptWorker());
  const worker = await connect(model.uri);
  const answer: unknown = await worker.getCompletionsAtPosition(model.uri.toString(), offset);
  return entriesOf(answer)
    .sort((a, b) => (a.sortText < b.sortText ? -1 : a.sortText > b.sortText ? 1 : 0))
    .map(({ name, kind }) => ({
      label: name,
      kind: KINDS[kind] ?? 'variable',
      insertText: name,
      detail: '',
    }));
}

/**
 * What the TypeScript service of the page knows at `offset`: the members of a
 * value by its type. Empty for other languages; null when it was too slow.
 */
export async function scriptSuggestions(
  model: monaco.editor.ITextModel,
  offset: number,
): Promise<Suggestion[] | null> {
  const language = model.getLanguageId();
  if (language !== 'typescript' && language !== 'javascript') return [];
  const late = new Promise<null>((resolve) => setTimeout(() => resolve(null), WAIT_MS));
  return Promise.race([ask(model, offset).catch(() => null), late]);
}
