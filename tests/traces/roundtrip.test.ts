import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EVENT_KINDS, memorySink, memorySource, openTrace, type TraceEvent, TraceWriter } from '../../traces/index.ts';
import { columnsOf, content, HEADER, oneOfEach, recordTrace, rowsOf } from './content.ts';
import { exampleEvents } from './examples.ts';
import { syntheticWrites } from './synthetic.ts';

const open = (bytes: Uint8Array) => openTrace(memorySource(bytes, 'test.trace'));

describe('a trace read back', () => {
  it('has the same writes, events and files, whatever they are', () => {
    fc.assert(
      fc.property(content, (recorded) => {
        const reader = open(recordTrace(recorded));
        expect(rowsOf(reader.writes())).toEqual(recorded.writes);
        expect([...reader.events()]).toEqual(recorded.events);
        for (const file of recorded.files) expect(reader.file(file.role)).toEqual(file.bytes);
        expect(reader.counts).toEqual({ writes: recorded.writes.length, events: recorded.events.length });
        expect(reader.truncation).toBeUndefined();
      }),
      { numRuns: 100 },
    );
  });

  it('has the same header', () => {
    const bytes = new Uint8Array([1, 2, 3]);
    const file = { role: 'image' as const, name: 'kernel.img', sha256: 'a'.repeat(64) };
    const reader = open(recordTrace({ writes: [], events: [], files: [{ ...file, bytes }] }));
    expect(reader.header).toEqual({ ...HEADER, files: [{ ...file, sizeBytes: 3 }] });
    expect(reader.files()).toEqual(reader.header.files);
    expect(reader.file('symbols')).toBeUndefined();
  });

  it('has every kind of event in the vocabulary', () => {
    const reader = open(recordTrace({ writes: columnsRows(20), events: oneOfEach, files: [] }));
    expect([...reader.events()]).toEqual(oneOfEach);
    expect([...reader.events()].map((event) => event.kind)).toEqual(EVENT_KINDS);
  });

  it('has events without properties for what is absent', () => {
    const reader = open(recordTrace({ writes: columnsRows(70_000), events: exampleEvents, files: [] }));
    expect([...reader.events()]).toStrictEqual(exampleEvents);
  });

  it('has files longer than a piece', () => {
    const bytes = Uint8Array.from({ length: (1 << 20) + 5 }, (_, at) => at % 251);
    const file = { role: 'image' as const, name: 'disk.img', sha256: '0'.repeat(64), bytes };
    const found = open(recordTrace({ writes: [], events: [], files: [file] })).file('image');
    expect(Buffer.from(found ?? []).equals(bytes)).toBe(true);
  });

  it('has writes and events over many chunks, numbered from 0', () => {
    const rows = columnsRows(150_000);
    const events = Array.from({ length: 9_000 }, (_, number) => {
      return { kind: 'debug-out' as const, byte: number & 0xff, icount: number, writes: number * 16 };
    });
    const reader = open(recordTrace({ writes: rows, events, files: [] }, 50_000));
    const batches = [...reader.writes()];
    expect(batches.map((batch) => batch.count)).toEqual([65_536, 65_536, 18_928]);
    expect(batches.map((batch) => batch.number[0])).toEqual([0, 65_536, 131_072]);
    expect(rowsOf(batches)).toEqual(rows);
    expect([...reader.events()]).toEqual(events);
  });
});

function columnsRows(count: number): number[][] {
  const columns = syntheticWrites(count);
  return rowsOf([{ ...columns, number: columns.icount }]);
}

describe('the bytes of a trace', () => {
  it('are the same however the writes were batched', () => {
    fc.assert(
      fc.property(content, fc.integer({ min: 1, max: 50 }), (recorded, batchSize) => {
        expect(recordTrace(recorded, batchSize)).toEqual(recordTrace(recorded, 1_000_000));
      }),
      { numRuns: 35 },
    );
  });

  it('are the same when events come ahead of the writes they count, over many chunks', () => {
    const rows = columnsRows(200_000);
    const events = Array.from({ length: 10_000 }, (_, number) => {
      return { kind: 'debug-out' as const, byte: number & 0xff, icount: number, writes: number * 20 };
    });
    const inTurn = recordTrace({ writes: rows, events, files: [] }, 777);
    expect(recordAhead(rows, events)).toEqual(inTurn);
  });

  it('are the same for equal specs with their keys in another order', () => {
    expect(headerOnly({ a: 1, b: { c: 2, d: 3 } })).toEqual(headerOnly({ b: { d: 3, c: 2 }, a: 1 }));
  });
});

function recordAhead(rows: readonly (readonly number[])[], events: readonly TraceEvent[]): Uint8Array {
  const sink = memorySink();
  const writer = new TraceWriter(sink, HEADER, []);
  for (const event of events) writer.event(event);
  writer.writes(columnsOf(rows));
  writer.close();
  return sink.bytes();
}

function headerOnly(spec: { readonly a: number; readonly b: { readonly c: number; readonly d: number } }): Uint8Array {
  const sink = memorySink();
  new TraceWriter(sink, { ...HEADER, spec }, []).close();
  return sink.bytes();
}
