import { copyBatch, RANGE_AT_LEAST, type RowRange, type WriteColumns } from '../../../traces/index.ts';

const BREAKS = 4096;

// Words that both threads look at.
const FILLED = 0; // slots so far
const EMPTIED = 1;
const STATUS = 2;
const FILLER_SIGNAL = 3; // grows with every change that the thread may wait for that fills
const EMPTIER_SIGNAL = 4;
const READINESS = 5; // of the thread that is to empty the ring
const SLOT_WORDS = 6; // then for each slot its rows, its breaks, its ranges, and whether a message belongs to it
const WORDS_PER_SLOT = 4;

/** Whoever empties the ring: at work, done with all of it, failed, or told to stop and gone. */
export const RING_STATUS = { working: 0, done: 1, failed: 2, stopping: 3, stopped: 4 } as const;

const READY = 1;
const BEGUN = 2;

/** A thread that gives no sign of life for so long is taken for dead. */
const PATIENCE_MS = 120_000;
const LOOK_AGAIN_MS = 1000;

/** What a slot holds: numbers of writes that events stand before, rows, and maybe a message beside the ring. */
export interface RingSlot {
  readonly breaks: Float64Array;
  readonly columns: WriteColumns;
  readonly ranges: readonly RowRange[];
  readonly hasMessage: boolean;
}

/** What a ring is in. */
export interface RingMemory {
  readonly words: SharedArrayBuffer;
  readonly breaks: SharedArrayBuffer;
  readonly ranges: SharedArrayBuffer;
}

/** What is to be put into a ring: rows, of which those in `ranges` needn't be filled in. */
export interface RowBatch {
  readonly columns: WriteColumns;
  readonly ranges: readonly RowRange[];
}

/**
 * Batches of rows on their way from one thread to another, in memory that both share. Who fills the ring waits while it is full,
 * who empties it while it is empty.
 */
export class RowRing {
  readonly memory: RingMemory;
  readonly #words: Int32Array;
  readonly #breaks: Float64Array;
  readonly #ranges: Int32Array; // of each slot, rows and counts in turn
  readonly #rangesPerSlot: number;
  readonly #batches: readonly WriteColumns[];

  /** Makes a ring with a slot for each of the batches, or sees the one that another thread has made. */
  constructor(batches: readonly WriteColumns[], memory?: RingMemory) {
    this.#rangesPerSlot = Math.ceil(batches[0].count / RANGE_AT_LEAST);
    this.memory = memory ?? {
      words: new SharedArrayBuffer(4 * (SLOT_WORDS + batches.length * WORDS_PER_SLOT)),
      breaks: new SharedArrayBuffer(8 * BREAKS * batches.length),
      ranges: new SharedArrayBuffer(8 * this.#rangesPerSlot * batches.length),
    };
    this.#words = new Int32Array(this.memory.words);
    this.#breaks = new Float64Array(this.memory.breaks);
    this.#ranges = new Int32Array(this.memory.ranges);
    this.#batches = batches;
  }

  get status(): number {
    return Atomics.load(this.#words, STATUS);
  }

  set status(status: number) {
    Atomics.store(this.#words, STATUS, status);
    this.#signal(FILLER_SIGNAL);
    this.#signal(EMPTIER_SIGNAL);
  }

  /** Has the other thread come up, to empty the ring once it is let? */
  get isReady(): boolean {
    return Atomics.load(this.#words, READINESS) === READY;
  }

  /** Lets the other thread begin. */
  begin(): void {
    Atomics.store(this.#words, READINESS, BEGUN);
    this.#signal(EMPTIER_SIGNAL);
  }

  /** The other thread has come up, and waits until it is let begin. */
  waitForBegin(): void {
    Atomics.store(this.#words, READINESS, READY);
    for (;;) {
      const seen = Atomics.load(this.#words, EMPTIER_SIGNAL);
      if (Atomics.load(this.#words, READINESS) === BEGUN) return;
      Atomics.wait(this.#words, EMPTIER_SIGNAL, seen);
    }
  }

  #signal(word: number): void {
    Atomics.add(this.#words, word, 1);
    Atomics.notify(this.#words, word);
  }

  /** Copies as many breaks and rows from `from` on as a slot holds; gives the first row that is left. */
  put(breaks: number[], rows: RowBatch | undefined, from: number, hasMessage: boolean): number {
    const filled = Atomics.load(this.#words, FILLED);
    const number = filled % this.#batches.length;
    const batch = this.#batches[number];
    const some = breaks.splice(0, BREAKS);
    this.#breaks.set(some, number * BREAKS);
    // Rows don't go before breaks that are left.
    const to = rows === undefined || breaks.length > 0 ? from : Math.min(rows.columns.count, from + batch.count);
    const ranges = rows === undefined ? [] : copyBatch(rows.columns, rows.ranges, from, to, batch);
    for (const [index, { row, count }] of ranges.entries()) {
      this.#ranges.set([row, count], 2 * (number * this.#rangesPerSlot + index));
    }
    const words = [to - from, some.length, ranges.length, Number(hasMessage)];
    this.#words.set(words, SLOT_WORDS + WORDS_PER_SLOT * number);
    Atomics.store(this.#words, FILLED, filled + 1);
    this.#signal(EMPTIER_SIGNAL);
    return to;
  }

  /**
   * Waits until there is a slot to fill or the other thread has ended. A full ring is left alone until half of it is empty, so
   * that the threads don't wake each other for every slot.
   */
  waitForRoom(): void {
    if (!this.isFull) return;
    this.#waitWhile(() => this.#waiting() > this.#half);
  }

  get isFull(): boolean {
    return this.#waiting() === this.#batches.length;
  }

  get isEmpty(): boolean {
    return this.#waiting() === 0;
  }

  /** Slots that are filled. */
  #waiting(): number {
    return this.#filled() - Atomics.load(this.#words, EMPTIED);
  }

  get #half(): number {
    return this.#batches.length >> 1;
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
    const number = emptied % this.#batches.length;
    const [rows, breaks, ranges, message] = this.#words.subarray(SLOT_WORDS + WORDS_PER_SLOT * number);
    const rangesAt = 2 * number * this.#rangesPerSlot;
    return {
      breaks: this.#breaks.subarray(number * BREAKS, number * BREAKS + breaks),
      columns: { ...this.#batches[number], count: rows },
      ranges: Array.from({ length: ranges }, (_, index) => {
        const [row, count] = this.#ranges.subarray(rangesAt + 2 * index);
        return { row, count };
      }),
      hasMessage: message !== 0,
    };
  }

  /** Gives the slot back to be filled again. */
  release(): void {
    Atomics.add(this.#words, EMPTIED, 1);
    if (this.#waiting() <= this.#half) this.#signal(FILLER_SIGNAL);
  }
}
