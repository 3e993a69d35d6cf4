import type { Moment } from '../api/history';

/** Moments hold all files' texts: so many stay, those looked at last. */
export const MOMENTS_KEPT = 50;

/** Moments that were read, kept while the history is open: going back and forth asks once. */
export class MomentCache {
  readonly #known = new Map<number, Promise<Moment>>();
  readonly #read: (seq: number) => Promise<Moment>;

  constructor(read: (seq: number) => Promise<Moment>) {
    this.#read = read;
  }

  get(seq: number): Promise<Moment> {
    const moment = this.#known.get(seq) ?? this.#start(seq);
    this.#known.delete(seq); // set again below, as the newest
    this.#known.set(seq, moment);
    for (const oldest of this.#known.keys()) {
      if (this.#known.size <= MOMENTS_KEPT) break;
      this.#known.delete(oldest);
    }
    return moment;
  }

  #start(seq: number): Promise<Moment> {
    const moment = this.#read(seq);
    moment.catch(() => {
      if (this.#known.get(seq) === moment) this.#known.delete(seq);
    });
    return moment;
  }
}
