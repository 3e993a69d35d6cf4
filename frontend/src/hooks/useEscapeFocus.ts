import { type KeyboardEvent, type RefObject, useRef } from 'react';

/**
 * For a popover that Escape closes: the focus then goes back to its button.
 * Mantine's own return of focus also takes it from where somebody clicked to
 * close the popover, so it stays off.
 */
export function useEscapeFocus<T extends HTMLElement>(): {
  readonly button: RefObject<T | null>;
  readonly onKeyDown: (event: KeyboardEvent) => void;
} {
  const button = useRef<T>(null);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Escape') button.current?.focus();
  };
  return { button, onKeyDown };
}
