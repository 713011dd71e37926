import type { WriteColumns } from '../../traces/index.ts';

/** Rows of a slot. A machine hands over batches of that size. */
const SLOT_ROWS = 32_768;
const SLOTS = 4;
const BREAKS = 4096;

// Words that both threads look at.
const FILLED = 0; // slots so far
const EMPTIED = 1;
const STATUS = 2;
const FILLER_SIGNAL = 3; // grows with every change that the thread may wait for that fills
const EMPTIER_SIGNAL = 4;
const SLOT_WORDS = 5; // then for each slot its rows, its breaks, and whether a message belongs to it
const WORDS = SLOT_WORDS + SLOTS * 3;

/** Whoever empties the ring: at work, done with all of it, failed, or told to stop and gone. */
export const RING_STATUS = { working: 0, done: 1, failed: 2, stopping: 3, stopped: 4 } as const;

/** A thread that gives no sign of life for so long is taken for dead. */
const PATIENCE_MS = 120_000;
const LOOK_AGAIN_MS = 1000;

/** What a slot holds: numbers of writes that events stand before, rows, and maybe a message beside the ring. */
export interface RingSlot {
  readonly breaks: Float64Array;
  readonly columns: WriteColumns;
  readonly hasMessage: boolean;
}

/**
 * Batches of rows on their way from one thread to another, in memory that both share. Who fills the ring waits while it is full,
 * who empties it while it is empty.
 */
export class RowRing {
  readonly shared: SharedArrayBuffer;
  readonly #words: Int32Array;
  readonly #slots: readonly Omit<RingSlot, 'hasMessage'>[];

  /** Makes a ring, or sees the one that another thread has made. */
  constructor(shared = new SharedArrayBuffer(sizeBytes())) {
    this.shared = shared;
    this.#words = new Int32Array(shared, 0, WORDS);
    this.#slots = Array.from({ length: SLOTS }, (_, slot) => slotAt(shared, slot));
  }

  get status(): number {
    return Atomics.load(this.#words, STATUS);
  }

  set status(status: number) {
    Atomics.store(this.#words, STATUS, status);
    this.#signal(FILLER_SIGNAL);
    this.#signal(EMPTIER_SIGNAL);
  }

  #signal(word: number): void {
    Atomics.add(this.#words, word, 1);
    Atomics.notify(this.#words, word);
  }

  /** Copies as many breaks and rows from `from` on as a slot holds; gives the first row that is left. */
  put(breaks: number[], columns: WriteColumns | undefined, from: number, hasMessage: boolean): number {
    const filled = Atomics.load(this.#words, FILLED);
    const number = filled % SLOTS;
    const slot = this.#slots[number];
    const some = breaks.splice(0, BREAKS);
    slot.breaks.set(some);
    // Rows don't go before breaks that are left.
    const to = columns === undefined || breaks.length > 0 ? from : Math.min(columns.count, from + SLOT_ROWS);
    if (columns !== undefined) copyRows(columns, from, to, slot.columns);
    this.#words.set([to - from, some.length, Number(hasMessage)], SLOT_WORDS + 3 * number);
    Atomics.store(this.#words, FILLED, filled + 1);
    this.#signal(EMPTIER_SIGNAL);
    return to;
  }

  /** Waits until there is a slot to fill or the other thread has ended. */
  waitForRoom(): void {
    this.#waitWhile(() => this.#filled() - Atomics.load(this.#words, EMPTIED) === SLOTS);
  }

  /** Waits until the other thread has ended. */
  waitForEnd(): void {
    this.#waitWhile(() => true);
  }

  #waitWhile(isBusy: () => boolean): void {
    let silentMs = 0;
    for (;;) {
      const seen = Atomics.load(this.#words, FILLER_SIGNAL);
      const { status } = this;
      if (status !== RING_STATUS.working && status !== RING_STATUS.stopping) return;
      if (!isBusy()) return;
      if (Atomics.wait(this.#words, FILLER_SIGNAL, seen, LOOK_AGAIN_MS) !== 'timed-out') silentMs = 0;
      else silentMs += LOOK_AGAIN_MS;
      if (silentMs > PATIENCE_MS) throw new Error('the thread that writes the trace has died');
    }
  }

  #filled(): number {
    return Atomics.load(this.#words, FILLED);
  }

  /** The next slot, valid until `release`; waits for it. Undefined when the other thread wants an end. */
  take(): RingSlot | undefined {
    const emptied = Atomics.load(this.#words, EMPTIED);
    for (;;) {
      const seen = Atomics.load(this.#words, EMPTIER_SIGNAL);
      if (this.status !== RING_STATUS.working) return undefined;
      if (this.#filled() !== emptied) break;
      Atomics.wait(this.#words, EMPTIER_SIGNAL, seen);
    }
    const number = emptied % SLOTS;
    const [rows, breaks, message] = this.#words.subarray(SLOT_WORDS + 3 * number);
    const slot = this.#slots[number];
    return {
      breaks: slot.breaks.subarray(0, breaks),
      columns: { ...slot.columns, count: rows },
      hasMessage: message !== 0,
    };
  }

  /** Gives the slot back to be filled again. */
  release(): void {
    Atomics.add(this.#words, EMPTIED, 1);
    this.#signal(FILLER_SIGNAL);
  }
}

const ROW_BYTES = 26;
const HEAD_BYTES = 128; // the words
const SLOT_BYTES = BREAKS * 8 + SLOT_ROWS * ROW_BYTES;

function sizeBytes(): number {
  return HEAD_BYTES + SLOTS * SLOT_BYTES;
}

function slotAt(shared: SharedArrayBuffer, slot: number): Omit<RingSlot, 'hasMessage'> {
  let at = HEAD_BYTES + slot * SLOT_BYTES;
  const take = (bytes: number): number => {
    at += bytes;
    return at - bytes;
  };
  return {
    breaks: new Float64Array(shared, take(BREAKS * 8), BREAKS),
    columns: {
      count: SLOT_ROWS,
      icount: new Float64Array(shared, take(SLOT_ROWS * 8), SLOT_ROWS),
      eip: new Uint32Array(shared, take(SLOT_ROWS * 4), SLOT_ROWS),
      linear: new Uint32Array(shared, take(SLOT_ROWS * 4), SLOT_ROWS),
      physical: new Uint32Array(shared, take(SLOT_ROWS * 4), SLOT_ROWS),
      value: new Uint32Array(shared, take(SLOT_ROWS * 4), SLOT_ROWS),
      size: new Uint8Array(shared, take(SLOT_ROWS), SLOT_ROWS),
      origin: new Uint8Array(shared, take(SLOT_ROWS), SLOT_ROWS),
    },
  };
}

function copyRows(source: WriteColumns, from: number, to: number, target: WriteColumns): void {
  target.icount.set(source.icount.subarray(from, to));
  target.eip.set(source.eip.subarray(from, to));
  target.linear.set(source.linear.subarray(from, to));
  target.physical.set(source.physical.subarray(from, to));
  target.value.set(source.value.subarray(from, to));
  target.size.set(source.size.subarray(from, to));
  target.origin.set(source.origin.subarray(from, to));
}
