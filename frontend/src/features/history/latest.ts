/** Does one thing at a time; of those that are asked for meanwhile, the last alone. */
export class Latest<T> {
  readonly #run: (value: T) => Promise<void>;
  #next: { readonly value: T } | null = null;
  #running = false;

  /** `run` must not reject. */
  constructor(run: (value: T) => Promise<void>) {
    this.#run = run;
  }

  /** Something newer than what runs now was asked for. */
  get outdated(): boolean {
    return this.#next !== null;
  }

  ask(value: T): void {
    this.#next = { value };
    if (!this.#running) void this.#work();
  }

  async #work(): Promise<void> {
    this.#running = true;
    for (let next = this.#next; next !== null; next = this.#next) {
      this.#next = null;
      await this.#run(next.value);
    }
    this.#running = false;
  }
}
