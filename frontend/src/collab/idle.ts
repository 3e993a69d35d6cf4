/** Without a key, a move or a touch for this long, a person counts as away. */
export const IDLE_MS = 120_000;

const SIGNS = ['keydown', 'pointermove', 'pointerdown', 'wheel', 'focus'] as const;

/** Tells `onChange` when the person goes away and comes back; returns what stops it. */
export function watchIdle(page: Document, onChange: (idle: boolean) => void): () => void {
  let idle = false;
  let lastSign = Date.now();

  const set = (next: boolean): void => {
    if (next === idle) return;
    idle = next;
    onChange(next);
  };
  const onSign = (): void => {
    lastSign = Date.now();
    if (!page.hidden) set(false);
  };
  const look = (): void => set(page.hidden || Date.now() - lastSign >= IDLE_MS);
  const onVisibility = (): void => {
    if (page.hidden) set(true);
    else onSign();
  };

  const timer = setInterval(look, IDLE_MS / 8);
  const options = { capture: true, passive: true };
  for (const sign of SIGNS) page.addEventListener(sign, onSign, options);
  page.addEventListener('visibilitychange', onVisibility);
  look();
  return () => {
    clearInterval(timer);
    for (const sign of SIGNS) page.removeEventListener(sign, onSign, options);
    page.removeEventListener('visibilitychange', onVisibility);
  };
}
