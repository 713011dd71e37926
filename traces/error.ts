/** A place in a trace file: its name and the offset in bytes. */
export interface TracePlace {
  readonly file: string;
  readonly offset: number;
}

/** A trace that can't be read. The message names the file, the offset, what is wrong and what to do. */
export class TraceError extends Error {
  override readonly name = 'TraceError';
  readonly where: TracePlace;

  constructor(where: TracePlace, message: string) {
    super(`${where.file}, byte ${where.offset}: ${message}`);
    this.where = where;
  }
}

/** What a decoder finds wrong with bytes whose place in a file it doesn't know; the reader turns it into a TraceError. */
export class MalformedTrace extends Error {
  override readonly name = 'MalformedTrace';
}

/** Stops a caller that breaks the contract of the writer. Stays on in release. */
export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new Error(`trace writer: ${message}`);
}
