/** Longer files are cut to what is around the caret: the request stays small and quick. */
export const CODE_MAX = 400_000;
const BEFORE_MAX = 250_000;

/** What of a text is sent for suggestions, from a line's start, and where the caret is in it. */
export function codeAround(code: string, offset: number): { code: string; offset: number } {
  if (code.length <= CODE_MAX) return { code, offset };
  const earliest = Math.max(0, offset - BEFORE_MAX);
  const lineStart = earliest === 0 ? 0 : code.indexOf('\n', earliest) + 1;
  const from = lineStart <= offset && (lineStart > 0 || earliest === 0) ? lineStart : earliest;
  return { code: code.slice(from, from + CODE_MAX), offset: offset - from };
}
