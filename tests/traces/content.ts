import fc from 'fast-check';
import {
  type EmbeddedFile,
  type InputAction,
  memorySink,
  type NumberedWrites,
  type RegisterValues,
  type StopReason,
  type TraceEvent,
  TraceWriter,
  WRITE_ORIGINS,
  type WriteColumns,
} from '../../traces/index.ts';
import { newColumns } from '../../traces/writes/write-decoder.ts';

/** What a trace in these tests holds. Rows of `writes` are [icount, eip, linear, physical, size, value, origin]. */
export interface Content {
  readonly writes: readonly (readonly number[])[];
  readonly events: readonly TraceEvent[];
  readonly files: readonly EmbeddedFile[];
}

export const HEADER = {
  scenario: 'boot to shell',
  spec: { memoryBytes: 16 << 20, clock: 'idle', disks: ['a.img'], floppy: { present: false, seed: 2 ** 40 } },
  generator: 'gilt 0.1.0',
};

export function columnsOf(rows: Content['writes']): WriteColumns {
  const columns = newColumns(rows.length);
  for (const [row, [icount, eip, linear, physical, size, value, origin]] of rows.entries()) {
    columns.icount[row] = icount;
    columns.eip[row] = eip;
    columns.linear[row] = linear;
    columns.physical[row] = physical;
    columns.size[row] = size;
    columns.value[row] = value;
    columns.origin[row] = origin;
  }
  return columns;
}

export function rowsOf(batches: Iterable<NumberedWrites>): number[][] {
  return [...batches].flatMap((batch) =>
    Array.from({ length: batch.count }, (_, row) => [
      batch.icount[row],
      batch.eip[row],
      batch.linear[row],
      batch.physical[row],
      batch.size[row],
      batch.value[row],
      batch.origin[row],
    ]),
  );
}

/** Records the way a machine does: the writes before an event come first, in batches of `batchSize`. */
export function recordTrace({ writes, events, files }: Content, batchSize = 1000): Uint8Array {
  const sink = memorySink();
  const writer = new TraceWriter(sink, HEADER, files);
  let written = 0;
  const writeUpTo = (end: number): void => {
    while (written < end) {
      const to = Math.min(end, written + batchSize);
      writer.writes(columnsOf(writes.slice(written, to)));
      written = to;
    }
  };
  for (const event of events) {
    writeUpTo(event.writes);
    writer.event(event);
  }
  writeUpTo(writes.length);
  writer.close();
  return sink.bytes();
}

const u8 = fc.integer({ min: 0, max: 0xff });
const u16 = fc.integer({ min: 0, max: 0xffff });
const u32 = fc.oneof(
  fc.integer({ min: 0, max: 0xffff_ffff }),
  fc.constantFrom(0, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff),
);
const text = fc.string({ unit: 'grapheme', maxLength: 40 });
const bytes = fc.uint8Array({ maxLength: 100 });
const size = fc.constantFrom(1 as const, 2 as const, 4 as const);
const count = fc.oneof(fc.nat(), fc.integer({ min: 2 ** 32, max: 2 ** 51 }));

const registers = fc.record({
  ...{ eax: u32, ecx: u32, edx: u32, ebx: u32, esp: u32, ebp: u32, esi: u32, edi: u32, eip: u32, eflags: u32 },
  ...{ es: u16, cs: u16, ss: u16, ds: u16, fs: u16, gs: u16, cr0: u32, cr2: u32, cr3: u32, cr4: u32 },
}) satisfies fc.Arbitrary<RegisterValues>;

const someRegisters = registers.chain((values) =>
  fc
    .subarray(Object.keys(values))
    .map((names) => Object.fromEntries(Object.entries(values).filter(([name]) => names.includes(name)))),
) as fc.Arbitrary<Partial<RegisterValues>>;

const i32 = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });

const kind = <K extends string>(name: K): fc.Arbitrary<K> => fc.constant(name);

const action: fc.Arbitrary<InputAction> = fc.oneof(
  fc.record({ kind: kind('scancodes'), bytes }),
  fc.record({ kind: kind('serial-in'), port: u8, bytes }),
  fc.record({ kind: kind('memory'), linear: u32, bytes }),
  fc.record({ kind: kind('registers'), values: someRegisters }),
  fc.record({ kind: kind('irq'), line: u8 }),
  fc.record({ kind: kind('hold-interrupts'), isHeld: fc.boolean() }),
  fc.record({ kind: kind('mouse'), dx: i32, dy: i32, wheel: i32, buttons: u8 }),
);

const reason: fc.Arbitrary<StopReason> = fc.oneof(
  fc.record({ kind: kind('deadline') }),
  fc.record({ kind: kind('instruction-limit'), limit: count }),
  fc.record({ kind: kind('halted') }),
  fc.record({ kind: kind('triple-fault'), vectors: fc.array(u8, { maxLength: 3 }) }),
  fc.record({ kind: kind('exit-port'), value: u32 }),
  fc.record({ kind: kind('reset'), by: text }),
  fc.record({ kind: kind('unhandled'), what: text }),
);

const screen = fc.tuple(fc.integer({ min: 1, max: 80 }), fc.integer({ min: 1, max: 25 })).chain(([columns, rows]) => {
  const cells = fc.uint8Array({ minLength: columns * rows, maxLength: columns * rows });
  return fc.record(
    {
      columns: fc.constant(columns),
      rows: fc.constant(rows),
      characters: cells,
      attributes: cells,
      cursor: fc.record({ cell: u16, startLine: u8, endLine: u8 }),
    },
    { requiredKeys: ['columns', 'rows', 'characters', 'attributes'] },
  );
});

type Unplaced<E> = E extends TraceEvent ? Omit<E, 'icount' | 'writes'> : never;

/** Every kind of event without its place; a new kind doesn't compile until it is here. */
const EVENTS: {
  readonly [K in TraceEvent['kind']]: fc.Arbitrary<Unplaced<Extract<TraceEvent, { readonly kind: K }>>>;
} = {
  control: fc.record({ kind: kind('control'), register: fc.constantFrom('cr0', 'cr3', 'cr4'), value: u32, eip: u32 }),
  invlpg: fc.record({ kind: kind('invlpg'), linear: u32, eip: u32 }),
  exception: fc.record(
    { kind: kind('exception'), vector: u8, eip: u32, errorCode: u32, faultLinear: u32 },
    { requiredKeys: ['kind', 'vector', 'eip'] },
  ),
  interrupt: fc.record(
    { kind: kind('interrupt'), vector: u8, eip: u32, irq: u8 },
    { requiredKeys: ['kind', 'vector', 'eip'] },
  ),
  'probe-call': fc.record({
    ...{ kind: kind('probe-call'), probe: text, call: count, args: fc.array(u32), esp: u32 },
    ...{ ebp: u32, callers: fc.array(u32) },
  }),
  'probe-return': fc.record({ kind: kind('probe-return'), probe: text, call: count, result: u32 }),
  'port-write': fc.record({ kind: kind('port-write'), port: u16, size, value: u32, eip: u32 }),
  'serial-out': fc.record({ kind: kind('serial-out'), port: u8, byte: u8 }),
  'debug-out': fc.record({ kind: kind('debug-out'), byte: u8 }),
  unhandled: fc.record({ kind: kind('unhandled'), what: text, eip: u32 }),
  input: fc.record({ kind: kind('input'), action }),
  screen: fc.record({ kind: kind('screen'), name: text, screen }),
  step: fc.record({ kind: kind('step'), text }),
  checkpoint: fc.record({ kind: kind('checkpoint'), name: text, state: text, chain: text }),
  stop: fc.record({ kind: kind('stop'), reason, registers }),
  'stale-translation': fc.record(
    {
      kind: kind('stale-translation'),
      access: fc.constantFrom('read', 'write'),
      linear: u32,
      physical: u32,
      walked: u32,
      eip: u32,
    },
    { requiredKeys: ['kind', 'access', 'linear', 'physical', 'eip'] },
  ),
  'context-changed': fc.record({
    kind: kind('context-changed'),
    eip: u32,
    resumedEip: u32,
    changes: fc.array(
      fc.record({
        register: fc.constantFrom('eax', 'ecx', 'edx', 'ebx', 'ebp', 'esi', 'edi'),
        saved: u32,
        restored: u32,
      }),
      { maxLength: 7 },
    ),
  }),
};

/** Addresses and values from a small pool as well, so that slots are met again and predictions hit. */
const near = fc.oneof(u32, fc.integer({ min: 0x1000, max: 0x1010 }));
const step = fc.oneof(fc.constantFrom(0, 1, 2), fc.integer({ min: 0, max: 2 ** 40 }));

const writeRow = size.chain((bytesWritten) =>
  fc.tuple(
    ...([step, near, near, near, fc.constant(bytesWritten)] as const),
    near.map((value) => value % 2 ** (8 * bytesWritten)),
    fc.nat({ max: WRITE_ORIGINS.length - 1 }),
  ),
);

/** What a REP instruction writes: `[later, EIP, linear, physical, size, value, origin]` of each element. */
const repeated = fc
  .record({
    eip: near,
    linear: near,
    size,
    isDown: fc.boolean(),
    length: fc.oneof(fc.integer({ min: 1, max: 10 }), fc.integer({ min: 60, max: 140 })),
    values: fc.array(near, { minLength: 1, maxLength: 3 }),
    fill: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 140 })), // so many of the first value
  })
  .map(({ eip, linear, size: bytes, isDown, length, values, fill }) =>
    Array.from({ length }, (_, element) => {
      const at = (linear + (isDown ? -bytes : bytes) * element) >>> 0;
      const value = values[element < fill ? 0 : element % values.length] % 2 ** (8 * bytes);
      return [1, eip, at, (at & 0xffff) | 0x10_0000, bytes, value, 0];
    }),
  );

const writes = fc
  .array(
    fc.oneof(
      writeRow.map((row): number[][] => [[...row]]),
      repeated,
    ),
    { maxLength: 100 },
  )
  .map((parts) => {
    let icount = 0;
    return parts.flat().map(([later, ...rest]) => {
      icount += later;
      return [icount, ...rest];
    });
  });

const unplacedEvents = fc.array(fc.tuple(step, fc.nat({ max: 20 }), fc.oneof(...Object.values(EVENTS))), {
  maxLength: 40,
});

const fileBytes = fc.uint8Array({ maxLength: 300 });
const files = fc.tuple(fileBytes, fileBytes).map(([image, symbols]): EmbeddedFile[] => [
  { role: 'image', name: 'kernel.img', sha256: '0123456789abcdef'.repeat(4), bytes: image },
  { role: 'symbols', name: 'kernel.elf', sha256: 'f'.repeat(64), bytes: symbols },
]);

export const content: fc.Arbitrary<Content> = fc
  .tuple(writes, unplacedEvents, files)
  .map(([rows, unplaced, embedded]) => {
    let icount = 0;
    let before = 0;
    const events = unplaced.map(([later, more, event]) => {
      icount += later;
      before = Math.min(rows.length, before + more);
      return { ...event, icount, writes: before } as TraceEvent;
    });
    return { writes: rows, events, files: embedded };
  });

/** Every kind of event once, for tests that want one trace with everything in it. */
export const oneOfEach: readonly TraceEvent[] = Object.values(EVENTS).map(
  (event, number) =>
    ({
      ...fc.sample(event as fc.Arbitrary<object>, { numRuns: 1, seed: 1 })[0],
      icount: 2 ** 33 + number,
      writes: number,
    }) as TraceEvent,
);
