/**
 * A Map that forgets what nobody needs any more. It looks for such entries each time it has doubled, so that adding one
 * costs the same however many there are, and what it keeps is at most twice what is needed (or `from`, if that is more).
 */
export class ForgetfulMap<Value> {
  readonly #entries = new Map<string, Value>();
  #sweepAt: number;

  constructor(
    readonly isOver: (value: Value) => boolean,
    readonly from: number,
  ) {
    this.#sweepAt = from;
  }

  get size(): number {
    return this.#entries.size;
  }

  get(key: string): Value | undefined {
    return this.#entries.get(key);
  }

  set(key: string, value: Value): void {
    if (this.#entries.size >= this.#sweepAt) this.sweep();
    this.#entries.set(key, value);
  }

  delete(key: string): void {
    this.#entries.delete(key);
  }

  sweep(): void {
    for (const [key, value] of this.#entries) if (this.isOver(value)) this.#entries.delete(key);
    this.#sweepAt = Math.max(this.from, 2 * this.#entries.size);
  }
}
