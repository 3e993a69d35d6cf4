/** Control characters, line and paragraph separators, and what flips text direction. */
const UNSEEN = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g;
const COLOR = /^#[0-9a-f]{6}$/i;

/** Distinct on light and on dark, each with at least 4.5 : 1 under white text. */
const FALLBACK_COLORS = [
  '#b3261e', '#9a4a00', '#6b6000', '#2e6b1f', '#00696b',
  '#0b63a5', '#4a51c4', '#7b3fb0', '#a3297a', '#5b5f66',
] as const;

export const NAME_MAX = 40;
export const TITLE_MAX = 120;

/** First `max` characters, never half of a surrogate pair. */
function cut(text: string, max: number): string {
  if (text.length <= max) return text;
  return [...text.slice(0, max * 2)].slice(0, max).join('');
}

export function cleanLine(text: unknown, max: number): string {
  if (typeof text !== 'string') return '';
  const line = text.slice(0, max * 8).replace(UNSEEN, ' ').replace(/\s+/g, ' ').trim();
  return cut(wellFormed(line), max).trim();
}

export function cleanName(name: unknown): string {
  return cleanLine(name, NAME_MAX) || 'Guest';
}

export function colorOf(clientId: number): string {
  return FALLBACK_COLORS[Math.abs(clientId) % FALLBACK_COLORS.length] ?? FALLBACK_COLORS[0];
}

/** Always `#rrggbb`: the result may go into CSS. */
export function cleanColor(color: unknown, clientId: number): string {
  return typeof color === 'string' && COLOR.test(color) ? color.toLowerCase() : colorOf(clientId);
}

const LONE_SURROGATE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/** Half surrogate pairs do not survive UTF-8: replaced here as Yjs replaces them. */
export function wellFormed(text: string): string {
  return text.replace(LONE_SURROGATE, '\ufffd');
}

/** Line ends as every text of a room has them. */
export function toLf(text: string): string {
  return text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text;
}
