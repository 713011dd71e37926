import type {
  CheckpointEntry,
  EventSelection,
  FileRole,
  NumberedWrites,
  TraceEvent,
  TraceHeader,
  WriteBatch,
  WriteColumns,
  WriteSelection,
} from '../../traces/index.ts';
import type { TraceSource } from '../lenses/index.ts';
import type { CarriedFile } from '../run/files/carried-file.ts';
import type { Tape } from './tape.ts';

/** A tape as the lenses look at a trace, without writing one. */
export class TapeSource implements TraceSource {
  readonly header: TraceHeader;
  readonly counts: { readonly writes: number; readonly events: number };
  readonly #tape: Tape;
  readonly #files: readonly CarriedFile[];

  constructor(tape: Tape, header: Omit<TraceHeader, 'files'>, files: readonly CarriedFile[]) {
    this.#tape = tape;
    this.#files = files;
    this.header = { ...header, files: files.map((file) => ({ ...file, sizeBytes: file.bytes.length })) };
    const writes = tape.batches.reduce((sum, { count }) => sum + count, 0);
    this.counts = { writes, events: tape.events.length };
  }

  file(role: FileRole): Uint8Array | undefined {
    return this.#files.find((file) => file.role === role)?.bytes;
  }

  *events({ kinds, from = 0, to = Number.POSITIVE_INFINITY }: EventSelection = {}): Generator<TraceEvent> {
    for (const event of this.#tape.events) {
      if (kinds?.includes(event.kind) !== false && event.icount >= from && event.icount < to) yield event;
    }
  }

  *writes(selection: WriteSelection = {}): Generator<NumberedWrites> {
    let first = 0;
    for (const batch of this.#tape.batches) {
      const number = new Float64Array(batch.count);
      for (let row = 0; row < batch.count; row++) number[row] = first + row;
      const selected =
        Object.keys(selection).length === 0 ? { ...batch, number } : selectRows(batch, number, selection);
      if (selected.count > 0) yield selected;
      first += batch.count;
    }
  }

  *scanWrites(): Generator<WriteBatch> {
    let first = 0;
    for (const batch of this.#tape.batches) {
      yield { ...batch, first };
      first += batch.count;
    }
  }

  checkpoints(): readonly CheckpointEntry[] {
    return this.#tape.events.flatMap((event, index) => {
      if (event.kind !== 'checkpoint') return [];
      const { icount, writes, name, state, chain } = event;
      return [{ event: index, icount, writes, name, state, chain }];
    });
  }
}

function selectRows(batch: WriteColumns, number: Float64Array, selection: WriteSelection): NumberedWrites {
  const rows: number[] = [];
  for (let row = 0; row < batch.count; row++) if (isSelected(batch, row, selection)) rows.push(row);
  return { ...rowsOf(batch, rows), number: Float64Array.from(rows, (row) => number[row]) };
}

function isSelected({ icount, linear, size }: WriteColumns, row: number, selection: WriteSelection): boolean {
  const { from = 0, to = Number.POSITIVE_INFINITY, linearFrom = 0, linearTo = 2 ** 32 } = selection;
  if (icount[row] < from || icount[row] >= to) return false;
  return linear[row] < linearTo && linear[row] + size[row] > linearFrom;
}

function rowsOf(batch: WriteColumns, rows: readonly number[]): WriteColumns {
  return {
    count: rows.length,
    icount: Float64Array.from(rows, (row) => batch.icount[row]),
    eip: Uint32Array.from(rows, (row) => batch.eip[row]),
    linear: Uint32Array.from(rows, (row) => batch.linear[row]),
    physical: Uint32Array.from(rows, (row) => batch.physical[row]),
    value: Uint32Array.from(rows, (row) => batch.value[row]),
    size: Uint8Array.from(rows, (row) => batch.size[row]),
    origin: Uint8Array.from(rows, (row) => batch.origin[row]),
  };
}
