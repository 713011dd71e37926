import { type HistoryDigest, type HistoryMixer, mixHigh, mixLow } from './history-digest.ts';
import type { NameNumber } from './value-names.ts';
import { CHUNK_ROWS, CHUNK_SHIFT, KNOWN, type RecordNumber } from './value-records.ts';

// Fields of a cell's row.
const FIELDS = 4;
const [COUNT, LOW, HIGH, VALUE] = [0, 1, 2, 3];
const PLAIN = -KNOWN; // the name of a number that is known in full

/** What is known of a chunk's cells. */
interface LateChunk {
  readonly rows: Int32Array;
  names: Int32Array | undefined; // undefined: all plain and known in full
  raws: Int32Array | undefined; // undefined: as LOW, since none was ever named
}

/** Plain data that they are made of again, by chunks of cells. */
export type PackedHistories = readonly (LateChunk | undefined)[];

/** Histories of cells that were seen to hold more values than are kept: their digests, and what was seen last. */
export class LateHistories {
  private readonly chunks: (LateChunk | undefined)[];
  private readonly mixer: HistoryMixer;

  constructor(mixer: HistoryMixer, chunks: PackedHistories = []) {
    this.mixer = mixer;
    this.chunks = [...chunks];
  }

  pack(): PackedHistories {
    return this.chunks;
  }

  /** How many values the cell was seen to hold; 0 when all are kept. */
  count(cell: RecordNumber): number {
    return this.chunks[cell >>> CHUNK_SHIFT]?.rows[rowOf(cell)] ?? 0;
  }

  /** Of a cell that is here. */
  digest(cell: RecordNumber): HistoryDigest {
    const chunk = this.chunkOf(cell);
    const row = rowOf(cell);
    const [count, low, high] = [chunk.rows[row], chunk.rows[row + LOW], chunk.rows[row + HIGH]];
    return { count, low, high, raw: rawOf(chunk, cell) };
  }

  /** Puts count, low and high half of its digest into `rows`. */
  addDigest(cell: RecordNumber, rows: Int32Array, at: number): void {
    const from = this.chunkOf(cell).rows;
    for (let field = COUNT; field <= HIGH; field++) rows[at + field] = from[rowOf(cell) + field];
  }

  /** The value that the cell was seen to hold last. */
  lastValue(cell: RecordNumber): number {
    return this.chunkOf(cell).rows[rowOf(cell) + VALUE] >>> 0;
  }

  /** The cell is here from now on, with what was logged up to that value. */
  begin(cell: RecordNumber, digest: HistoryDigest, value: number, known: number, name: NameNumber): void {
    const chunk = this.chunks[cell >>> CHUNK_SHIFT] ?? this.addChunk(cell >>> CHUNK_SHIFT);
    const row = rowOf(cell);
    chunk.rows[row + COUNT] = digest.count;
    chunk.rows[row + LOW] = digest.low;
    chunk.rows[row + HIGH] = digest.high;
    chunk.rows[row + VALUE] = value;
    setName(chunk, cell, nameField(known, name));
    setRaw(chunk, cell, digest.raw);
  }

  /** A cell that is here was seen to hold another value. The same again is no news. */
  log(cell: RecordNumber, value: number, known: number, name: NameNumber): void {
    const { mixer } = this;
    const chunk = this.chunkOf(cell);
    const { rows } = chunk;
    const row = rowOf(cell);
    const isSameName = nameOf(chunk, cell) === nameField(known, name);
    if (isSameName && (name !== 0 || rows[row + VALUE] === (value | 0))) return;
    rows[row + COUNT]++;
    const raw = chunk.raws === undefined && name === 0 ? undefined : rawOf(chunk, cell);
    rows[row + LOW] = mixer.low(rows[row + LOW], value, known, name);
    rows[row + HIGH] = mixer.high(rows[row + HIGH], value, known, name);
    if (raw !== undefined) setRaw(chunk, cell, mixer.low(raw, value, known, 0));
    rows[row + VALUE] = value;
    if (!isSameName) setName(chunk, cell, nameField(known, name));
  }

  /** The same for a number that is known in full. False when the cell isn't here, or held anything else before. */
  logNumber(cell: RecordNumber, value: number): boolean {
    const chunk = this.chunks[cell >>> CHUNK_SHIFT];
    if (chunk === undefined) return false;
    const { rows, names, raws } = chunk;
    const row = rowOf(cell);
    if (rows[row] === 0 || (names !== undefined && names[row / FIELDS] !== PLAIN)) return false;
    if (rows[row + VALUE] === (value | 0)) return true;
    rows[row]++;
    rows[row + LOW] = mixLow(rows[row + LOW], value);
    rows[row + HIGH] = mixHigh(rows[row + HIGH], value);
    rows[row + VALUE] = value;
    if (raws !== undefined) raws[row / FIELDS] = mixLow(raws[row / FIELDS], value);
    return true;
  }

  forget(cell: RecordNumber): void {
    const chunk = this.chunks[cell >>> CHUNK_SHIFT];
    if (chunk !== undefined) chunk.rows[rowOf(cell)] = 0;
  }

  private chunkOf(cell: RecordNumber): LateChunk {
    const chunk = this.chunks[cell >>> CHUNK_SHIFT];
    if (chunk === undefined) throw new Error(`cell ${cell} has no late history`);
    return chunk;
  }

  private addChunk(number: number): LateChunk {
    const chunk = { rows: new Int32Array(CHUNK_ROWS * FIELDS), names: undefined, raws: undefined };
    this.chunks[number] = chunk;
    return chunk;
  }
}

function rowOf(cell: RecordNumber): number {
  return (cell & (CHUNK_ROWS - 1)) * FIELDS;
}

function nameField(known: number, name: NameNumber): number {
  return name === 0 ? -known : name;
}

function nameOf({ names }: LateChunk, cell: RecordNumber): number {
  return names === undefined ? PLAIN : names[cell & (CHUNK_ROWS - 1)];
}

function setName(chunk: LateChunk, cell: RecordNumber, field: number): void {
  if (field !== PLAIN) chunk.names ??= new Int32Array(CHUNK_ROWS).fill(PLAIN);
  if (chunk.names !== undefined) chunk.names[cell & (CHUNK_ROWS - 1)] = field;
}

function rawOf({ rows, raws }: LateChunk, cell: RecordNumber): number {
  return raws === undefined ? rows[rowOf(cell) + LOW] : raws[cell & (CHUNK_ROWS - 1)];
}

// To be called when LOW is set: that is what the digest by number is while nothing is named.
function setRaw(chunk: LateChunk, cell: RecordNumber, raw: number): void {
  const { rows } = chunk;
  if (rows[rowOf(cell) + LOW] !== raw)
    chunk.raws ??= Int32Array.from({ length: CHUNK_ROWS }, (_, i) => rows[i * FIELDS + LOW]);
  if (chunk.raws !== undefined) chunk.raws[cell & (CHUNK_ROWS - 1)] = raw;
}
