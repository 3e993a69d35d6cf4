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

/** Black or white, whichever is easier to read on `color` (`#rrggbb`). */
export function textOn(color: string): '#000000' | '#ffffff' {
  const channel = (at: number) => {
    const value = Number.parseInt(color.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  const luminance = 0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5);
  return luminance > 0.183 ? '#000000' : '#ffffff';
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
