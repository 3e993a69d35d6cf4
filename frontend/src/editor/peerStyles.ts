const COLOR = /^#[0-9a-f]{6}$/;

/** Black or white, whichever reads better on `color` (`#rrggbb`). */
export function inkOn(color: string): '#000000' | '#ffffff' {
  const channel = (at: number): number => {
    const value = parseInt(color.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  const luminance = 0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5);
  return luminance > 0.179 ? '#000000' : '#ffffff';
}

/**
 * One rule a person, carrying the colour alone; everything else is in the style
 * sheet. Only numbers and checked colours get into it.
 */
export class PeerStyles {
  readonly #element = document.createElement('style');
  readonly #colors = new Map<number, string>();

  constructor() {
    document.head.append(this.#element);
  }

  /** The class that carries this person's colour. */
  use(clientId: number, color: string): string {
    const id = Math.trunc(clientId);
    const name = `yoke-peer-${id}`;
    if (this.#colors.get(id) === color || !COLOR.test(color)) return name;
    this.#colors.set(id, color);
    this.#write();
    return name;
  }

  keepOnly(clientIds: ReadonlySet<number>): void {
    let gone = false;
    for (const id of this.#colors.keys()) {
      if (!clientIds.has(id)) gone = this.#colors.delete(id) || gone;
    }
    if (gone) this.#write();
  }

  dispose(): void {
    this.#element.remove();
  }

  #write(): void {
    const sheet = this.#element.sheet;
    if (sheet === null) return;
    while (sheet.cssRules.length > 0) sheet.deleteRule(0);
    for (const [id, color] of this.#colors) {
      sheet.insertRule(`.yoke-peer-${id}{--yoke-peer:${color};--yoke-peer-ink:${inkOn(color)}}`);
    }
  }
}
