import { hex } from '../../base/hex.ts';

/** Notes each page of a hole once for reads and once for writes: a loop over it isn't worth an event each time. */
export class HoleNotes {
  private readonly unhandled: (what: string) => void;
  private seen = new Set<number>(); // page number times 2, plus 1 for writes

  constructor(unhandled: (what: string) => void) {
    this.unhandled = unhandled;
  }

  note(physical: number, isWrite: boolean): void {
    const key = (physical >>> 12) * 2 + Number(isWrite);
    if (this.seen.has(key)) return;
    this.seen.add(key);
    const access = isWrite ? 'write to' : 'read of';
    this.unhandled(`${access} physical page ${hex(physical & 0xfffff000)}, where no RAM is`);
  }

  /** What was noted. */
  save(): readonly number[] {
    return [...this.seen];
  }

  load(seen: readonly number[]): void {
    this.seen = new Set(seen);
  }
}
