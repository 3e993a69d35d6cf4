import { type ReactNode, act } from 'react';
import { type Root, createRoot } from 'react-dom/client';

declare global {
  var IS_REACT_ACT_ENVIRONMENT: boolean;
}

globalThis.IS_REACT_ACT_ENVIRONMENT = true;

export interface Rendered {
  readonly container: HTMLElement;
  readonly unmount: () => void;
}

/** Renders into a fresh element of the document. */
export function render(node: ReactNode): Rendered {
  const container = document.createElement('div');
  document.body.append(container);
  const root: Root = createRoot(container);
  act(() => root.render(node));
  return {
    container,
    unmount: () => {
      act(() => root.unmount());
      container.remove();
    },
  };
}

/** Runs a hook; `current` is what it returned last. */
export function renderHook<T>(hook: () => T): { readonly current: () => T; unmount: () => void } {
  const results: T[] = [];
  function Probe() {
    results.push(hook());
    return null;
  }
  const { unmount } = render(<Probe />);
  return {
    current: () => {
      const last = results.at(-1);
      if (last === undefined) throw new Error('The hook has not run.');
      return last;
    },
    unmount,
  };
}
