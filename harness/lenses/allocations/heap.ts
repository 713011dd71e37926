/** A block that an allocator handed out. `identity` survives changes of addresses: who asked, and the how-manieth time. */
export interface HeapObject {
  readonly call: number;
  readonly probe: string;
  readonly family: 'heap' | 'frames';
  readonly identity: string;
  readonly label: string; // for people: "kalloc(48) in process_create #2"
  readonly start: number;
  readonly sizeBytes: number;
  readonly bornIcount: number; // of the call, so that what the allocator itself puts inside belongs to it
  readonly diedIcount: number; // Infinity while never freed
}

/** Finds the block around an address. Blocks may overlap: the youngest that lives at the time wins. */
export class Heap {
  readonly objects: readonly HeapObject[];
  readonly start: number; // of the first block
  readonly end: number; // behind the last byte of any block
  private readonly sorted: readonly HeapObject[];
  private readonly furthestEnd: Float64Array; // the furthest end among sorted[0..i]

  constructor(objects: readonly HeapObject[]) {
    this.objects = objects;
    this.sorted = [...objects].sort((a, b) => a.start - b.start || a.call - b.call);
    this.furthestEnd = new Float64Array(this.sorted.length);
    this.start = this.sorted[0]?.start ?? 0;
    let end = 0;
    this.sorted.forEach((object, i) => {
      end = Math.max(end, object.start + object.sizeBytes);
      this.furthestEnd[i] = end;
    });
    this.end = end;
  }

  /** The block that holds `linear` at `icount`. */
  at(linear: number, icount: number): HeapObject | undefined {
    if (linear < this.start || linear >= this.end) return undefined;
    let found: HeapObject | undefined;
    for (let i = this.lastStartingAtOrBefore(linear); i >= 0 && this.furthestEnd[i] > linear; i--) {
      const object = this.sorted[i];
      if (linear >= object.start + object.sizeBytes || !livesAt(object, icount)) continue;
      if (found === undefined || object.call > found.call) found = object;
    }
    return found;
  }

  private lastStartingAtOrBefore(linear: number): number {
    let low = 0;
    let high = this.sorted.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.sorted[middle].start <= linear) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }
}

function livesAt(object: HeapObject, icount: number): boolean {
  return object.bornIcount <= icount && icount < object.diedIcount;
}
