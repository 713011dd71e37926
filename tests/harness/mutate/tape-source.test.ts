import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { Machine } from '../../../emulator/index.ts';
import type { TraceSource } from '../../../harness/lenses/index.ts';
import { Tape } from '../../../harness/mutate/tape.ts';
import { TapeSource } from '../../../harness/mutate/tape-source.ts';
import { memorySink, memorySource, openTrace, TraceWriter, type WriteSelection } from '../../../traces/index.ts';

const HEADER = { scenario: 'test', spec: {}, generator: 'test' };
const disk = new Uint8Array(readFileSync('kernel/build/539kernel.img'));

/** One run, taped and written as a trace. */
function bothOf(): readonly [TapeSource, TraceSource] {
  const sink = memorySink();
  const writer = new TraceWriter(sink, HEADER, []);
  const tape = new Tape();
  const both = {
    writes: (columns: Parameters<Tape['writes']>[0]) => {
      tape.writes(columns);
      writer.writes(columns);
    },
    event: (event: Parameters<Tape['event']>[0]) => {
      tape.event(event);
      writer.event(event);
    },
  };
  const machine = new Machine({}, { disk }, { engine: 'forms', sink: both });
  machine.run({ until: 60_000 });
  machine.checkpoint('middle');
  machine.run({ until: 120_000 });
  machine.finish({ kind: 'deadline' });
  writer.close();
  return [new TapeSource(tape, HEADER, []), openTrace(memorySource(sink.bytes(), 'test'))];
}

function rowsOf(source: TraceSource, selection: WriteSelection = {}): readonly string[] {
  const rows: string[] = [];
  for (const { count, number, icount, eip, linear, physical, value, size, origin } of source.writes(selection)) {
    for (let i = 0; i < count; i++) {
      rows.push([number[i], icount[i], eip[i], linear[i], physical[i], value[i], size[i], origin[i]].join(' '));
    }
  }
  return rows;
}

function scanned(source: TraceSource): readonly string[] {
  const rows: string[] = [];
  for (const { count, icount, eip, linear, physical, value, size, origin } of source.scanWrites()) {
    for (let i = 0; i < count; i++) {
      rows.push([icount[i], eip[i], linear[i], physical[i], value[i], size[i], origin[i]].join(' '));
    }
  }
  return rows;
}

describe('a tape read as a trace', () => {
  const [tape, trace] = bothOf();

  test('has the same writes, all of them and those of a selection', () => {
    expect(rowsOf(tape)).toEqual(rowsOf(trace));
    expect(scanned(tape)).toEqual(scanned(trace));
    for (const selection of [
      { from: 1_000, to: 20_000 },
      { linearFrom: 0xb8000, linearTo: 0xb80a0 },
      { from: 50_000, linearFrom: 0x9001 },
    ]) {
      expect(rowsOf(tape, selection)).toEqual(rowsOf(trace, selection));
    }
  });

  test('has the same events, checkpoints and counts', () => {
    expect([...tape.events()]).toEqual([...trace.events()]);
    const some = { kinds: ['port-write', 'checkpoint'], from: 1_000, to: 100_000 } as const;
    expect([...tape.events(some)]).toEqual([...trace.events(some)]);
    expect(tape.checkpoints()).toEqual(trace.checkpoints());
    expect(tape.counts).toEqual(trace.counts);
  });
});

describe('tapes are the same', () => {
  const columns = (value: number) => ({
    count: 1,
    icount: Float64Array.of(5),
    eip: Uint32Array.of(1),
    linear: Uint32Array.of(2),
    physical: Uint32Array.of(2),
    value: Uint32Array.of(value),
    size: Uint8Array.of(4),
    origin: Uint8Array.of(0),
  });
  const event = (byte: number) => ({ kind: 'debug-out', byte, icount: 6, writes: 1 }) as const;
  const checkpoint = (state: string) =>
    ({ kind: 'checkpoint', name: 'a', state, chain: state, icount: 7, writes: 1 }) as const;
  const tapeOf = (value: number, byte: number, state: string): Tape => {
    const tape = new Tape();
    tape.writes(columns(value));
    tape.event(event(byte));
    tape.event(checkpoint(state));
    return tape;
  };

  test('when every write and event is, whatever the digests say', () => {
    expect(tapeOf(1, 2, 'x').isSameAs(tapeOf(1, 2, 'y'))).toBe(true);
    expect(tapeOf(1, 2, 'x').isSameAs(tapeOf(3, 2, 'x'))).toBe(false);
    expect(tapeOf(1, 2, 'x').isSameAs(tapeOf(1, 3, 'x'))).toBe(false);
    expect(tapeOf(1, 2, 'x').isSameAs(new Tape(tapeOf(1, 2, 'x'), { batches: 1, events: 1 }))).toBe(false);
  });
});
