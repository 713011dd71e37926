import { describe, expect, it } from 'vitest';
import { memorySink, TraceWriter } from '../../traces/index.ts';
import { columnsOf, HEADER } from './content.ts';

const newWriter = (): TraceWriter => new TraceWriter(memorySink(), HEADER, []);
const ROW = [100, 0x1000, 0x2000, 0x2000, 4, 1, 0];
const STEP = { kind: 'step', text: 'boots', icount: 100, writes: 0 } as const;
const IMAGE = { role: 'image', name: 'k', sha256: 'a'.repeat(64), bytes: new Uint8Array() } as const;

describe('the writer refuses', () => {
  it('an event that comes after writes that follow it', () => {
    const writer = newWriter();
    writer.writes(columnsOf([ROW]));
    expect(() => writer.event(STEP)).toThrow('a step event after 0 writes came late: 1 are written');
  });

  it('events and writes whose icount goes back', () => {
    const writer = newWriter();
    writer.writes(columnsOf([ROW]));
    expect(() => writer.writes(columnsOf([[99, ...ROW.slice(1)]]))).toThrow(/icount is out of order/);
    writer.event({ ...STEP, writes: 1 });
    expect(() => writer.event({ ...STEP, icount: 99, writes: 1 })).toThrow(/icount 99 is out of order/);
  });

  it('a size, a value or an origin that no write has', () => {
    const [icount, eip, linear, physical] = ROW;
    const place = [icount, eip, linear, physical];
    expect(() => newWriter().writes(columnsOf([[...place, 3, 1, 0]]))).toThrow('a write of 3 bytes');
    expect(() => newWriter().writes(columnsOf([[...place, 1, 256, 0]]))).toThrow("value 256 doesn't fit in 1 bytes");
    expect(() => newWriter().writes(columnsOf([[...place, 4, 1, 8]]))).toThrow('there is no write origin 8');
  });

  it('an event that the reader would refuse', () => {
    expect(() => newWriter().event({ ...STEP, kind: 'debug-out', byte: 256 })).toThrow(
      /integer from 0 to 255, not 256/,
    );
    expect(() => newWriter().event({ ...STEP, text: '\ud800' })).toThrow(/well-formed text/);
    const screen = { columns: 80, rows: 25, characters: new Uint8Array(2000), attributes: new Uint8Array(1) };
    expect(() => newWriter().event({ ...STEP, kind: 'screen', name: 's', screen })).toThrow(
      /80 x 25 should have 2000 cells/,
    );
  });

  it('a header that the reader would refuse', () => {
    const withSpec = (spec: typeof HEADER.spec | { readonly bad: number }) => () =>
      new TraceWriter(memorySink(), { ...HEADER, spec }, []);
    expect(withSpec({ bad: Number.NaN })).toThrow(/plain data/);
    expect(() => new TraceWriter(memorySink(), HEADER, [{ ...IMAGE, sha256: 'A' }])).toThrow(
      /64 lower-case hex digits/,
    );
    expect(() => new TraceWriter(memorySink(), HEADER, [IMAGE, IMAGE])).toThrow(/two files of one role/);
  });

  it('to close when writes are missing that an event counts, or twice', () => {
    const early = newWriter();
    early.event({ ...STEP, writes: 1 });
    expect(() => early.close()).toThrow(/counts 1 writes, there are fewer/);
    early.writes(columnsOf([ROW]));
    early.close();
    expect(() => early.close()).toThrow(/closed twice/);
  });
});

describe('the writer', () => {
  it('counts writes and events', () => {
    const writer = newWriter();
    writer.event(STEP);
    writer.writes(columnsOf([ROW, ROW]));
    expect([writer.writeCount, writer.eventCount]).toEqual([2, 1]);
  });

  it('lets the caller reuse its arrays', () => {
    const columns = columnsOf([ROW]);
    const sinks = [memorySink(), memorySink()];
    const [changed, kept] = sinks.map((sink) => new TraceWriter(sink, HEADER, []));
    changed.writes(columns);
    kept.writes(columnsOf([ROW]));
    columns.value[0] = 77;
    changed.close();
    kept.close();
    expect(sinks[0].bytes()).toEqual(sinks[1].bytes());
  });
});
