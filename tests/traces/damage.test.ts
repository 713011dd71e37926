import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { memorySource, openTrace, TraceError } from '../../traces/index.ts';
import { type Content, oneOfEach, recordTrace, rowsOf } from './content.ts';
import { syntheticWrites } from './synthetic.ts';

const columns = syntheticWrites(5_000);
const CONTENT: Content = {
  writes: rowsOf([{ ...columns, number: columns.icount }]),
  events: oneOfEach,
  files: [{ role: 'image', name: 'kernel.img', sha256: 'a'.repeat(64), bytes: new Uint8Array(600).fill(7) }],
};
const WHOLE = recordTrace(CONTENT);

interface Everything {
  readonly header: unknown;
  readonly checkpoints: unknown;
  readonly events: readonly unknown[];
  readonly writes: readonly unknown[];
  readonly image: Uint8Array | undefined;
}

function readEverything(bytes: Uint8Array): { readonly found: Everything; readonly isTruncated: boolean } {
  const reader = openTrace(memorySource(bytes, 'damaged.trace'));
  const isTruncated = reader.truncation !== undefined;
  const writes = rowsOf(reader.writes());
  const events = [...reader.events()];
  const { header } = reader;
  return {
    found: { header, events, writes, checkpoints: reader.checkpoints(), image: reader.file('image') },
    isTruncated,
  };
}

const { found: EXPECTED } = readEverything(WHOLE);

/** Damage must show: as a TraceError, as a truncation with a prefix of the content, or not matter at all. */
function expectHonest(bytes: Uint8Array): void {
  try {
    const { found, isTruncated } = readEverything(bytes);
    if (!isTruncated) expect(found).toEqual(EXPECTED);
    expect(found.header).toEqual(EXPECTED.header);
    expect(found.image).toEqual(EXPECTED.image);
    expect(found.events).toEqual(EXPECTED.events.slice(0, found.events.length));
    expect(found.writes).toEqual(EXPECTED.writes.slice(0, found.writes.length));
  } catch (error) {
    if (!(error instanceof TraceError)) throw error;
    expect(error.message).toMatch(/^damaged\.trace, byte \d+: /);
  }
}

describe('a damaged trace', () => {
  it('never reads as something else when bits flip', () => {
    const flip = fc.tuple(fc.nat({ max: WHOLE.length - 1 }), fc.integer({ min: 1, max: 255 }));
    fc.assert(
      fc.property(fc.array(flip, { minLength: 1, maxLength: 4 }), (flips) => {
        const damaged = WHOLE.slice();
        for (const [at, bits] of flips) damaged[at] ^= bits;
        expectHonest(damaged);
      }),
      { numRuns: 400 },
    );
  });

  it('never reads as something else when bytes are missing, doubled or appended', () => {
    const place = fc.nat({ max: WHOLE.length });
    fc.assert(
      fc.property(place, place, fc.uint8Array({ maxLength: 30 }), (from, to, between) => {
        expectHonest(Buffer.concat([WHOLE.subarray(0, from), between, WHOLE.subarray(to)]));
      }),
      { numRuns: 300 },
    );
  });

  it('shows a flip of any single bit', () => {
    for (let at = 0; at < WHOLE.length; at += 3) {
      const damaged = WHOLE.slice();
      damaged[at] ^= 1 << (at % 8);
      expect(isUnnoticed(damaged), `byte ${at}`).toBe(false);
    }
  });
});

describe('verify', () => {
  it('shows a flip of any single bit of a chunk without decoding it', () => {
    expect(() => openTrace(memorySource(WHOLE, 'whole')).verify()).not.toThrow();
    for (let at = 0; at < WHOLE.length; at += 5) {
      const damaged = WHOLE.slice();
      damaged[at] ^= 1 << (at % 8);
      expect(isVerified(damaged), `byte ${at}`).toBe(false);
    }
  });
});

function isVerified(bytes: Uint8Array): boolean {
  try {
    const reader = openTrace(memorySource(bytes, 'damaged'));
    reader.verify();
    return reader.truncation === undefined;
  } catch (error) {
    if (error instanceof TraceError) return false;
    throw error;
  }
}

function isUnnoticed(bytes: Uint8Array): boolean {
  try {
    return !readEverything(bytes).isTruncated;
  } catch (error) {
    if (error instanceof TraceError) return false;
    throw error;
  }
}

describe('a truncated trace', () => {
  it('is read to its last whole chunk, wherever it is cut off', () => {
    for (let length = 0; length < WHOLE.length; length += 11) {
      const cut = WHOLE.slice(0, length);
      expectHonest(cut);
      try {
        expect(readEverything(cut).isTruncated).toBe(true);
      } catch (error) {
        expect(error).toBeInstanceOf(TraceError);
      }
    }
  });

  it('says where it ends and how much is there', () => {
    const reader = openTrace(memorySource(WHOLE.slice(0, -1), 'cut.trace'));
    const atByte = WHOLE.length - 49;
    expect(reader.truncation?.atByte).toBe(atByte);
    expect(reader.truncation?.message).toBe(
      `cut.trace is cut off: its last whole chunk ends at byte ${atByte} of ${WHOLE.length - 1}, with 5000 writes and ` +
        '17 events before it; record it again to have the rest',
    );
    expect([...reader.events()]).toEqual(EXPECTED.events);
    expect(reader.checkpoints()).toEqual(EXPECTED.checkpoints);
  });

  it('refuses a file that is cut off inside, and gives the rest', () => {
    const [headerEnd] = chunkEnds(WHOLE);
    const reader = openTrace(memorySource(WHOLE.slice(0, headerEnd + 20), 'cut.trace'));
    expect(reader.header).toEqual(EXPECTED.header);
    expect(() => reader.file('image')).toThrow(/0 of the 600 bytes of kernel\.img are here; cut\.trace is cut off/);
    expect(reader.counts).toEqual({ writes: 0, events: 0 });
  });
});

function chunkEnds(bytes: Uint8Array): number[] {
  const ends: number[] = [];
  for (let at = 13; at < bytes.length; ) {
    at += 12 + Buffer.from(bytes).readUInt32BE(at + 3);
    ends.push(at);
  }
  return ends;
}
