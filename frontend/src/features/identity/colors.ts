/** Colours for people: each carries white text with a contrast of at least 4.5. */
export const COLORS: readonly { readonly value: string; readonly label: string }[] = [
  { value: '#0f766e', label: 'Teal' },
  { value: '#1d4ed8', label: 'Blue' },
  { value: '#6d28d9', label: 'Violet' },
  { value: '#be185d', label: 'Pink' },
  { value: '#b91c1c', label: 'Red' },
  { value: '#c2410c', label: 'Orange' },
  { value: '#a16207', label: 'Amber' },
  { value: '#4d7c0f', label: 'Olive' },
  { value: '#15803d', label: 'Green' },
  { value: '#0e7490', label: 'Cyan' },
  { value: '#7e22ce', label: 'Purple' },
  { value: '#475569', label: 'Slate' },
];

/** Red, green and blue of `#rrggbb` as amounts of light, 0 to 1. */
function light(color: string): [number, number, number] {
  const channel = (at: number) => {
    const value = Number.parseInt(color.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return [channel(1), channel(3), channel(5)];
}

/** Black or white, whichever is easier to read on `color` (`#rrggbb`). */
export function textOn(color: string): '#000000' | '#ffffff' {
  const [r, g, b] = light(color);
  const luminance = 0.2126 * r + 0.7152 * g + 0.0722 * b;
  return luminance > 0.183 ? '#000000' : '#ffffff';
}

/** In Oklab (bottosson.github.io/posts/oklab), where distances are as the eye sees them. */
function oklab(color: string): [number, number, number] {
  const [r, g, b] = light(color);
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}

/** Of teal and green, violet and purple, red and orange nobody can tell whose caret it is. */
const ALIKE = 0.09;

/** Whether two colours (`#rrggbb`) are hard to tell apart as carets. */
export function looksAlike(a: string, b: string): boolean {
  const [from, to] = [oklab(a), oklab(b)];
  return Math.hypot(from[0] - to[0], from[1] - to[1], from[2] - to[2]) < ALIKE;
}

/** One or two letters for an avatar. */
export function initials(name: string): string {
  const words = name.split(/\s+/).filter(Boolean);
  const letters = words.length > 1 ? [words[0], words[words.length - 1]] : [words[0]];
  return letters
    .map((word) => [...(word ?? '?')][0] ?? '')
    .join('')
    .toUpperCase();
}
