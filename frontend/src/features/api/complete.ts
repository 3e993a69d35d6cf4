import type { Complete, Suggestion, SuggestionKind } from '../../editor/types';
import { request } from './client';

const KINDS: ReadonlySet<string> = new Set<SuggestionKind>([
  'keyword',
  'function',
  'class',
  'variable',
  'member',
  'snippet',
  'constant',
  'module',
  'type',
  'text',
]);

/** Asks the server what may stand at `offset`. Typing never waits for it, nor fails with it. */
export const complete: Complete = async (code, offset, language, signal) => {
  try {
    const response = await request('/autocomplete', {
      method: 'POST',
      body: { code, cursorPosition: offset, language },
      signal,
    });
    return suggestionsOf((await response.json()) as unknown);
  } catch {
    return [];
  }
};

export function suggestionsOf(answer: unknown): Suggestion[] {
  if (typeof answer !== 'object' || answer === null || !('suggestions' in answer)) return [];
  if (!Array.isArray(answer.suggestions)) return [];
  return answer.suggestions.flatMap((entry: unknown) => suggestionOf(entry) ?? []);
}

function suggestionOf(entry: unknown): Suggestion | null {
  if (typeof entry !== 'object' || entry === null) return null;
  const { label, kind, insertText, detail } = entry as Record<string, unknown>;
  if (typeof label !== 'string' || label === '') return null;
  return {
    label,
    kind: isKind(kind) ? kind : 'text',
    insertText: typeof insertText === 'string' ? insertText : label,
    detail: typeof detail === 'string' ? detail : '',
  };
}

function isKind(kind: unknown): kind is SuggestionKind {
  return typeof kind === 'string' && KINDS.has(kind);
}
