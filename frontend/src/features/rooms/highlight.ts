export interface Piece {
  readonly kind: 'plain' | 'comment' | 'string' | 'number' | 'keyword';
  readonly text: string;
}

const KEYWORDS = new Set(
  (
    'as auto break case class const def default else enum export final fn for from func function ' +
    'if impl import in include int interface let make match mut new package print private public ' +
    'range return self static std struct string type unsigned use using var void while with yield'
  ).split(' '),
);

const TOKEN =
  /(?<comment>\/\*[\s\S]*?\*\/|\/\/.*|<!--[\s\S]*?-->|(?:^|(?<=\s))# .*|"""[\s\S]*?""")|(?<string>"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`)|(?<number>\b\d+\b)|(?<word>[A-Za-z_]\w*)/gm;

/** A rough colouring of a starter: enough for a picture of it, before any editor is loaded. */
export function highlight(code: string): Piece[] {
  const pieces: Piece[] = [];
  let end = 0;
  for (const match of code.matchAll(TOKEN)) {
    if (match.index > end) pieces.push({ kind: 'plain', text: code.slice(end, match.index) });
    pieces.push({ kind: kindOf(match), text: match[0] });
    end = match.index + match[0].length;
  }
  if (end < code.length) pieces.push({ kind: 'plain', text: code.slice(end) });
  return pieces;
}

function kindOf(match: RegExpMatchArray): Piece['kind'] {
  if (match.groups?.['comment'] !== undefined) return 'comment';
  if (match.groups?.['string'] !== undefined) return 'string';
  if (match.groups?.['number'] !== undefined) return 'number';
  return KEYWORDS.has(match[0]) ? 'keyword' : 'plain';
}
