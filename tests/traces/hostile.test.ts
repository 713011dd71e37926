import { deflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeValue, encodeValue, type Packable } from '../../traces/encoding/codec.ts';
import { buildFrame, PREAMBLE } from '../../traces/file/frame.ts';
import type { ChunkKind } from '../../traces/format.ts';
import { memorySource, openTrace, TraceError, type TraceReader } from '../../traces/index.ts';
import { oneOfEach, recordTrace, rowsOf } from './content.ts';
import { syntheticWrites } from './synthetic.ts';

const HEADER: Packable = ['s', new Map(), 'gilt 0.1.0', []];

function traceOf(...chunks: readonly (readonly [kind: ChunkKind, body: Packable | Uint8Array])[]): Uint8Array {
  const frames = chunks.map(
    ([kind, body]) => buildFrame(kind, body instanceof Uint8Array ? body : encodeValue(body)).bytes,
  );
  return Buffer.concat([PREAMBLE, ...frames]);
}

const open = (bytes: Uint8Array): TraceReader => openTrace(memorySource(bytes, 'evil.trace'));

function readAll(bytes: Uint8Array): void {
  const reader = open(bytes);
  rowsOf(reader.writes());
  for (const _ of reader.events());
  reader.checkpoints();
  reader.file('image');
}

interface Chunk {
  readonly kind: number;
  readonly body: Uint8Array;
}

function chunksOf(trace: Uint8Array): Chunk[] {
  const chunks: Chunk[] = [];
  for (let at = 13; at < trace.length; ) {
    const length = Buffer.from(trace).readUInt32BE(at + 3);
    chunks.push({ kind: trace[at + 1], body: trace.slice(at + 7, at + 7 + length) });
    at += 12 + length;
  }
  return chunks;
}

const KINDS = ['header', 'file', 'writes', 'events', 'index', 'footer'] as const;
const columns = syntheticWrites(40);
const GOOD = chunksOf(
  recordTrace({
    writes: rowsOf([{ ...columns, number: columns.icount }]),
    events: oneOfEach,
    files: [{ role: 'image', name: 'k', sha256: 'a'.repeat(64), bytes: new Uint8Array(20) }],
  }),
);

describe('a trace made to do harm, with right CRCs', () => {
  it('gives a TraceError or some content, never another exception', () => {
    const change = fc.record({ chunk: fc.nat({ max: 5 }), at: fc.nat(), bits: fc.integer({ min: 1, max: 255 }) });
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 3 }), fc.boolean(), (changes, isWhole) => {
        const chunks = GOOD.map(({ kind, body }) => ({ kind, body: body.slice() }));
        for (const { chunk, at, bits } of changes) chunks[chunk].body[at % chunks[chunk].body.length] ^= bits;
        const kept = isWhole ? chunks : chunks.slice(0, -2);
        try {
          readAll(traceOf(...kept.map(({ kind, body }) => [KINDS[kind - 1], body] as const)));
        } catch (error) {
          if (!(error instanceof TraceError)) throw error;
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('cannot announce columns larger than its rows need', () => {
    const column = [2 ** 30, new Uint8Array(10)];
    const bytes = traceOf(['header', HEADER], ['writes', [0, 1, 0, 0, 0, 0, new Array(7).fill(column)]]);
    expect(() => readAll(bytes)).toThrow(/size of packed bytes should be an integer from 0 to 11, not 1073741824/);
  });

  it('cannot inflate to more than it announces', () => {
    const bomb = deflateRawSync(new Uint8Array(20_000));
    const bytes = traceOf(
      ['header', ['s', new Map(), 'g', [[0, 'k', 'a'.repeat(64), 100]]]],
      ['file', [0, 100, [100, bomb]]],
    );
    expect(() => readAll(bytes)).toThrow(/don't unpack to the announced 100 bytes/);
  });

  it('cannot announce more rows or events than a chunk has', () => {
    const writes = traceOf(
      ['header', HEADER],
      ['writes', [0, 65_537, 0, 0, 0, 0, new Array(7).fill([0, new Uint8Array()])]],
    );
    expect(() => readAll(writes)).toThrow(/count of a chunk of writes should be an integer from 0 to 65536/);
    const events = traceOf(
      ['header', HEADER],
      ['events', [0, 1, 0, 0, 1, [5, new Uint8Array([0xdd, 255, 255, 255, 255])]]],
    );
    expect(() => readAll(events)).toThrow(/announces more items than bytes/);
  });

  it('cannot hide writes behind a range that they lie outside of', () => {
    for (const [item, lie] of [
      [4, 0x8000_0000],
      [5, 0],
    ]) {
      const body = decodeValue(GOOD[2].body) as Packable[];
      const lying = body.map((value, at) => (at === item ? lie : value));
      expect(() => readAll(traceOf(['header', HEADER], ['writes', lying]))).toThrow(/outside the range/);
    }
  });

  it('cannot bring MessagePack extensions, which may define records', () => {
    const bytes = traceOf(['header', Uint8Array.from([0xd4, 0x72, 0x40, 0x91, 0xa1, 0x61])]);
    expect(() => open(bytes)).toThrow(/byte d4h isn't used in a trace/);
  });

  it('cannot exhaust the stack with nested arrays', () => {
    expect(() => open(traceOf(['header', new Uint8Array(1_000_000).fill(0x91)]))).toThrow(/nested too deeply/);
  });

  it('cannot name files of roles that do not go together', () => {
    const headed =
      (...files: readonly (readonly [role: number, name: string])[]) =>
      () =>
        open(traceOf(['header', ['s', new Map(), 'g', files.map(([role, name]) => [role, name, 'a'.repeat(64), 0])]]));
    expect(headed([6, 'x'])).toThrow(/a file's role/);
    expect(headed([0, 'x'], [0, 'y'])).toThrow(/two files of one role/);
    expect(headed([4, 'x'], [4, 'y'])).toThrow(/two files of one role/);
    expect(headed([3, 'x'], [3, 'x'])).toThrow(/two drives alike/);
    expect(headed([5, 'x'])).toThrow(/no ROM that it belongs to/);
    expect(headed(...Array.from({ length: 65 }, () => [2, 'm'] as const))).toThrow(/more than 64 files/);
    const { header } = headed([2, 'm'], [2, 'm'], [3, '__proto__'], [4, 'x'], [5, 'x'])();
    expect(header.files.map(({ role }) => role)).toEqual(['module', 'module', 'drive', 'rom', 'vga-rom']);
  });

  it('cannot reach a prototype through a key of the machine spec', () => {
    const spec = new Map([['__proto__', new Map([['isAdmin', true]])]]);
    expect(() => open(traceOf(['header', ['s', spec, 'g', []]]))).toThrow(/has a key "__proto__"/);
    const { header } = open(traceOf(['header', ['s', new Map([['constructor', 1]]), 'g', []]]));
    expect(header.spec).toEqual({ constructor: 1 });
    expect(({} as { readonly isAdmin?: boolean }).isAdmin).toBeUndefined();
  });
});

describe('what is not a trace that this gilt reads', () => {
  it('is told apart by its first bytes', () => {
    expect(() => open(Buffer.from('\x7fELF and so on'))).toThrow('evil.trace, byte 0: this is not a trace');
    expect(() => open(new Uint8Array())).toThrow('evil.trace, byte 0: the trace ends before its header');
  });

  it('is refused by name when its format is newer', () => {
    const newer = traceOf(['header', HEADER]);
    newer[12] = 5;
    expect(() => open(newer)).toThrow('byte 12: format 5, this gilt reads up to 4: use a newer gilt, or record again');
  });

  it('is refused when bytes follow the footer', () => {
    const bytes = recordTrace({ writes: [], events: [], files: [] });
    expect(() => open(Buffer.concat([bytes, Buffer.alloc(20)]))).toThrow(TraceError);
  });

  it('carries its place in the error', () => {
    const bytes = recordTrace({ writes: [], events: [], files: [] });
    bytes[30] ^= 1;
    try {
      open(bytes);
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(TraceError);
      expect((error as TraceError).where).toEqual({ file: 'evil.trace', offset: 13 });
      expect((error as TraceError).message).toMatch(/CRC-32 of this chunk is wrong.*fetch the file again/);
    }
  });
});
