import type { Store } from './types';

export interface WritableStore<T> extends Store<T> {
  /** Does nothing when `value` is the value held already. */
  readonly set: (value: T) => void;
}

export class Listeners {
  readonly #all = new Set<() => void>();

  readonly subscribe = (listener: () => void): (() => void) => {
    // Wrapped, so that one function subscribed twice is called and removed twice.
    const entry = (): void => listener();
    this.#all.add(entry);
    return () => {
      this.#all.delete(entry);
    };
  };

  readonly notify = (): void => {
    for (const listener of [...this.#all]) listener();
  };

  readonly clear = (): void => this.#all.clear();
}

export function createStore<T>(initial: T): WritableStore<T> {
  let value = initial;
  const listeners = new Listeners();
  return {
    get: () => value,
    set: (next) => {
      if (Object.is(value, next)) return;
      value = next;
      listeners.notify();
    },
    subscribe: listeners.subscribe,
  };
}
