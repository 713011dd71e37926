import type { WriteColumns } from '../../../../traces/index.ts';
import { recentSlot } from '../../state/recent-slot.ts';

const SLOTS = 4096;
const NOWHERE = -1;

/**
 * Words of stacks whose object knows of them already, the last one for each of some slots: most pushes go where others
 * went before. Good until blocks come or go, which `age` tells.
 */
export class MarkedWords {
  private readonly linears = new Float64Array(SLOTS).fill(NOWHERE);
  private readonly physicals = new Uint32Array(SLOTS);
  private readonly sizes = new Uint8Array(SLOTS);
  private readonly ages = new Int32Array(SLOTS);

  has(columns: WriteColumns, row: number, age: number): boolean {
    const linear = columns.linear[row];
    const slot = recentSlot(linear, SLOTS);
    return (
      this.linears[slot] === linear &&
      this.ages[slot] === age &&
      this.physicals[slot] === columns.physical[row] &&
      this.sizes[slot] === columns.size[row]
    );
  }

  add(columns: WriteColumns, row: number, age: number): void {
    const linear = columns.linear[row];
    const slot = recentSlot(linear, SLOTS);
    this.linears[slot] = linear;
    this.physicals[slot] = columns.physical[row];
    this.sizes[slot] = columns.size[row];
    this.ages[slot] = age;
  }
}
