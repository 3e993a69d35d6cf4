import { act } from 'react';
import type { Store } from '../collab/types';

export interface FakeStore<T> extends Store<T> {
  readonly set: (value: T) => void;
  readonly listeners: () => number;
}

/** A store that the test drives. */
export function fakeStore<T>(initial: T): FakeStore<T> {
  let value = initial;
  const listeners = new Set<() => void>();
  return {
    get: () => value,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    set: (next) => {
      value = next;
      act(() => listeners.forEach((listener) => listener()));
    },
    listeners: () => listeners.size,
  };
}
