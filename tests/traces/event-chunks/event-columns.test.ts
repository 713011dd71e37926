import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { encodeValue, type Packable } from '../../../traces/encoding/codec.ts';
import { unpackBytes } from '../../../traces/encoding/compress.ts';
import { decodeEvents, EventEncoder, type EventSummary } from '../../../traces/event-chunks/event-chunk.ts';
import { packColumns } from '../../../traces/event-chunks/event-columns.ts';
import { memorySink, memorySource, openTrace, type TraceEvent, TraceWriter } from '../../../traces/index.ts';
import { HEADER } from '../content.ts';
import { exampleEvents } from '../examples.ts';

/** The columns of events as they stand in a chunk, unpacked. */
function columnsOf(events: readonly TraceEvent[]): { readonly summary: EventSummary; readonly raw: Uint8Array[] } {
  const encoder = new EventEncoder();
  for (const event of events) encoder.add(event);
  const { summary, columns } = encoder.finish();
  return { summary, raw: (packColumns(columns) as unknown[]).map((packed) => unpackBytes(packed, 2 ** 24)) };
}

const packed = (bytes: Uint8Array): Packable => [bytes.length, bytes];
const control = (icount: number, value: number): TraceEvent => {
  return { kind: 'control', register: 'cr3', value, eip: 0x10_0000, icount, writes: icount };
};

describe('events by columns', () => {
  test('are kinds, differences from the same item of the last event of the kind, and what is no number', () => {
    const { raw } = columnsOf([
      control(10, 0x1000),
      { kind: 'step', text: 'x', icount: 12, writes: 10 },
      control(13, 0x0fff),
    ]);
    const [kinds, numbers, others] = raw.map((bytes) => [...bytes]);
    expect(kinds).toEqual([0, 12, 0]);
    // Of the control events: icounts 10 and then 9 less, writes 10 and 7 less, CR3, values 1000h and -1, EIPs; then those of the step.
    expect(numbers).toEqual([...[21, 18, 21, 14, 3, 1, 0x81, 0x40, 2, 0x81, 0x80, 0x80, 1, 1], ...[5, 1, 0]]);
    expect(others).toEqual([0xdd, 0, 0, 0, 1, 0xa1, 0x78]);
  });

  test('come back as they were, again and again from one encoder', () => {
    const encoder = new EventEncoder();
    for (let round = 0; round < 3; round++) {
      for (const event of exampleEvents) encoder.add(event);
      const { summary, columns } = encoder.finish();
      expect(decodeEvents(packColumns(columns), summary)).toEqual(exampleEvents);
    }
  });

  test('take hardly any room where they recur', () => {
    const sink = memorySink();
    const writer = new TraceWriter(sink, HEADER, []);
    const COUNT = 20_000;
    for (let number = 0; number < COUNT; number++) {
      const place = { icount: number * 800 + (number % 8), writes: 0 };
      writer.event({ kind: 'invlpg', linear: 0x100_0000 + ((number & 255) << 12), eip: 0x10_0000, ...place });
      writer.event({ kind: 'control', register: 'cr3', value: 0x1000, eip: 0x10_0007, ...place });
    }
    writer.close();
    expect(sink.bytes().length).toBeLessThan(0.1 * 2 * COUNT);
    const events = [...openTrace(memorySource(sink.bytes(), 'events')).events()];
    expect(events.length).toBe(2 * COUNT);
    expect(events.at(-2)).toEqual({
      ...{ kind: 'invlpg', linear: 0x100_0000 + (((COUNT - 1) & 255) << 12), eip: 0x10_0000 },
      ...{ icount: (COUNT - 1) * 800 + 7, writes: 0 },
    });
  });

  test('that are wrong anywhere are refused', () => {
    const { summary, raw } = columnsOf([control(0, 0x1000), ...exampleEvents]);
    const [kinds, numbers, others] = raw;
    const read =
      (...columns: readonly (Uint8Array | Packable)[]) =>
      () =>
        decodeEvents(
          columns.map((column) => (column instanceof Uint8Array ? packed(column) : column)),
          summary,
        );
    expect(read(kinds, numbers, others)).not.toThrow();
    expect(read(kinds, numbers)).toThrow(/packed bytes|size of packed/);
    expect(read(kinds, numbers, others, others)).toThrow(/should have 3 items, not 4/);
    expect(read(kinds.slice(1), numbers, others)).toThrow(/more or fewer kinds than it announces/);
    expect(read(Uint8Array.of(...kinds, 0), numbers, others)).toThrow(/size of packed bytes/);
    expect(read(kinds.with(0, 17), numbers, others)).toThrow(/there is no event kind 17/);
    expect(read(kinds.toReversed(), numbers, others)).toThrow();
    expect(read(kinds, numbers.slice(0, -1), others)).toThrow(/ends early|left over|out of range/);
    expect(read(kinds, Uint8Array.of(...numbers, 1), others)).toThrow(/bytes left over/);
    expect(read(kinds, numbers.with(0, 2), others)).toThrow(/out of range/);
    expect(read(kinds, numbers.fill(0xff), others)).toThrow(/ends early/);
  });

  test('cannot take more memory than their number may need', () => {
    const { summary, raw } = columnsOf([control(10, 0x1000)]);
    const [kinds, numbers, others] = raw.map(packed);
    const bomb = [2 ** 30, new Uint8Array(deflateRawSync(new Uint8Array(1 << 20)))];
    const read =
      (...columns: readonly Packable[]) =>
      () =>
        decodeEvents(columns, summary);
    expect(read(bomb, numbers, others)).toThrow(/an integer from 0 to 1, not 1073741824/);
    expect(read(kinds, bomb, others)).toThrow(/an integer from 0 to 64, not 1073741824/);
    expect(read(kinds, numbers, bomb)).toThrow(/an integer from 0 to 17825797, not 1073741824/);
    expect(read(kinds, numbers, packed(Uint8Array.of(0xdd, 0xff, 0xff, 0xff, 0xff)))).toThrow(/more items than bytes/);
    expect(read(kinds, numbers, packed(encodeValue(['too many'])))).toThrow(/other items left over/);
  });
});

test('traces of version 3 are read as ever', () => {
  const path = join(import.meta.dirname, 'version-3.msgpack'); // the kernel's boot, as gilt recorded it then
  const bytes = readFileSync(path);
  expect(bytes[12]).toBe(3);
  const trace = openTrace(memorySource(bytes, path));
  const events = [...trace.events()];
  expect(events.length).toBe(trace.counts.events);
  const again = memorySink();
  const writer = new TraceWriter(again, trace.header, []);
  let next = 0;
  for (const batch of trace.scanWrites()) {
    for (; next < events.length && events[next].writes < batch.first + batch.count; next++) writer.event(events[next]);
    writer.writes(batch);
  }
  for (; next < events.length; next++) writer.event(events[next]);
  writer.close();
  const copy = openTrace(memorySource(again.bytes(), 'copy'));
  expect([...copy.events()]).toEqual(events);
  expect(copy.checkpoints()).toEqual(trace.checkpoints());
  expect([...copy.writeDigests()]).toEqual([...trace.writeDigests()]);
});
