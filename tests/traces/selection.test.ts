import { describe, expect, it } from 'vitest';
import { type ByteSource, memorySource, openTrace, type TraceEvent, type TraceReader } from '../../traces/index.ts';
import { recordTrace, rowsOf } from './content.ts';

const COUNT = 200_000;
/** Row n: icount 10 n, at linear 1000h + 4 (n mod 65,536) in the first three chunks, then 9000_0000h and up. */
const WRITES = Array.from({ length: COUNT }, (_, n) => {
  const linear = n < 3 * 65_536 ? 0x1000 + 4 * (n % 65_536) : 0x9000_0000 + 4 * n;
  return [10 * n, 0x10_0000, linear, linear, 4, n, 0];
});
const EVENTS: TraceEvent[] = Array.from({ length: 10_000 }, (_, n) => {
  const place = { icount: 100 * n, writes: 10 * n };
  return n === 9_000
    ? { kind: 'checkpoint', name: 'late', state: 'aa', chain: 'bb', ...place }
    : { kind: 'debug-out', byte: n & 0xff, ...place };
});
const BYTES = recordTrace({ writes: WRITES, events: EVENTS, files: [] }, 10_000);

/** A source that counts what is read of it. */
function countingSource(): ByteSource & { readBytes: number; longest: number } {
  const inner = memorySource(BYTES, 'counted.trace');
  const source = {
    ...inner,
    readBytes: 0,
    longest: 0,
    read(offset: number, length: number) {
      source.readBytes += length;
      source.longest = Math.max(source.longest, length);
      return inner.read(offset, length);
    },
  };
  return source;
}

/** How many bytes a reader takes from its source for something, not counting the opening. */
function readBytes(read: (reader: TraceReader) => unknown): number {
  const source = countingSource();
  const reader = openTrace(source);
  const before = source.readBytes;
  read(reader);
  return source.readBytes - before;
}

const open = () => openTrace(memorySource(BYTES, 'selection.trace'));

describe('a selection of writes', () => {
  it('holds the icounts from `from` up to but not including `to`', () => {
    const rows = rowsOf(open().writes({ from: 655_340, to: 655_380 }));
    expect(rows).toEqual(WRITES.slice(65_534, 65_538));
  });

  it('numbers rows as in the whole trace', () => {
    const numbers = [...open().writes({ from: 655_335, to: 655_380 })].flatMap((batch) => [...batch.number]);
    expect(numbers).toEqual([65_534, 65_535, 65_536, 65_537]);
  });

  it('holds the writes that touch a byte of the linear range', () => {
    const rows = rowsOf(open().writes({ linearFrom: 0x1003, linearTo: 0x1005 }));
    expect(rows.map((row) => row[5])).toEqual([0, 1, 65_536, 65_537, 131_072, 131_073]);
  });

  it('holds a write that wraps around the top of the linear addresses in both of its parts', () => {
    const wrapping = recordTrace({ writes: [[1, 2, 0xffff_fffe, 0, 4, 5, 0]], events: [], files: [] });
    const count = (linearFrom: number, linearTo: number): number =>
      rowsOf(openTrace(memorySource(wrapping, 'top')).writes({ linearFrom, linearTo })).length;
    expect([count(0, 1), count(1, 2), count(2, 3)]).toEqual([1, 1, 0]);
    expect([count(0xffff_ffff, 2 ** 32), count(0xffff_fff0, 0xffff_fffe)]).toEqual([1, 0]);
  });

  it('leaves chunks unread that the index rules out', () => {
    const all = readBytes((reader) => rowsOf(reader.writes()));
    expect(readBytes((reader) => rowsOf(reader.writes({ linearFrom: 0x9000_0000 })))).toBeLessThan(all / 2);
    expect(readBytes((reader) => rowsOf(reader.writes({ linearTo: 0x1000 })))).toBe(0);
    expect(readBytes((reader) => rowsOf(reader.writes({ from: 10 * COUNT })))).toBe(0);
    expect(readBytes((reader) => rowsOf(reader.writes({ to: 0 })))).toBe(0);
  });
});

describe('a selection of events', () => {
  it('holds the icounts from `from` up to but not including `to`', () => {
    expect([...open().events({ from: 409_500, to: 409_801 })]).toEqual(EVENTS.slice(4_095, 4_099));
  });

  it('holds the kinds asked for', () => {
    expect([...open().events({ kinds: ['checkpoint', 'stop'] })]).toEqual([EVENTS[9_000]]);
    expect([...open().events({ kinds: [] })]).toEqual([]);
  });

  it('leaves chunks unread that the index rules out', () => {
    const all = readBytes((reader) => [...reader.events()]);
    expect(readBytes((reader) => [...reader.events({ kinds: ['checkpoint'] })])).toBeLessThan(all / 2);
    expect(readBytes((reader) => [...reader.events({ from: 100 * 10_000 })])).toBe(0);
    expect(readBytes((reader) => [...reader.events({ to: 0 })])).toBe(0);
  });
});

describe('checkpoints', () => {
  it('come from the index, without reading a chunk of events', () => {
    const place = { event: 9_000, icount: 900_000, writes: 90_000 };
    expect(open().checkpoints()).toEqual([{ ...place, name: 'late', state: 'aa', chain: 'bb' }]);
    expect(readBytes((reader) => reader.checkpoints())).toBe(0);
  });
});

describe('reading a whole trace', () => {
  it('takes one chunk at a time from the source', () => {
    const source = countingSource();
    const reader = openTrace(source);
    let rows = 0;
    for (const batch of reader.writes()) rows += batch.count;
    for (const _ of reader.events()) rows++;
    expect(rows).toBe(COUNT + EVENTS.length);
    expect(source.longest).toBeLessThan(BYTES.length / 2);
  });
});

describe('a pass over the writes that concerns some ranges', () => {
  const pass = (reader: TraceReader, ...ranges: readonly { readonly from: number; readonly to: number }[]) =>
    [...reader.scanWrites(ranges)].map(({ first, count }) => [first, count]);

  it('leaves out chunks that lie elsewhere, and says where the others stand', () => {
    const high = { from: 0x9000_0000 + 4 * 196_608, to: 0x9000_0000 + 4 * 196_609 };
    expect(pass(open(), high)).toEqual([[196_608, 3392]]);
    expect(pass(open(), { from: 0, to: 0x1000 }, { from: 0xa000_0000, to: 0xb000_0000 })).toEqual([]);
    expect(pass(open(), high, { from: 0x1003, to: 0x1004 }).map(([first]) => first)).toEqual([
      0, 65_536, 131_072, 196_608,
    ]);
    expect(readBytes((reader) => pass(reader, high))).toBeLessThan(
      readBytes((reader) => pass(reader, { from: 0, to: 2 ** 32 })) / 2,
    );
  });
});
