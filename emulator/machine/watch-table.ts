/**
 * Addresses of instructions before which something is to be done. The engine looks at a filter by the low 16 bits of
 * the linear address, and asks here only when that hits.
 */
export class WatchTable {
  readonly filter = new Uint16Array(65536);
  private readonly counts = new Map<number, number>();
  private tell: (linear: number) => void = () => undefined;

  has(linear: number): boolean {
    return this.counts.has(linear);
  }

  add(linear: number): void {
    this.counts.set(linear, (this.counts.get(linear) ?? 0) + 1);
    this.filter[linear & 0xffff]++;
    this.tell(linear);
  }

  remove(linear: number): void {
    const count = this.counts.get(linear);
    if (count === undefined) return;
    if (count === 1) this.counts.delete(linear);
    else this.counts.set(linear, count - 1);
    this.filter[linear & 0xffff]--;
    this.tell(linear);
  }

  listen(listener: (linear: number) => void): void {
    this.tell = listener;
  }
}
