import { describe, expect, test } from 'vitest';
import { ProbeCall } from '../../../harness/lenses/allocations/probe-calls.ts';
import { ImagePlacement } from '../../../harness/lenses/names/image-placement.ts';
import { keepsFramePointer } from '../../../harness/lenses/state/frame-pointer.ts';
import { type ScannedCode, scanCallers } from '../../../harness/lenses/state/scan-callers.ts';
import { unwindCalls } from '../../../harness/lenses/state/unwound-calls.ts';
import { noSymbols, type Symbols } from '../../../harness/symbols/index.ts';
import type { WriteColumns } from '../../../traces/index.ts';

const HIGH = 0xc000_0000;

describe('a kernel in the higher half', () => {
  const placement = new ImagePlacement({
    imageRange: { start: 0x10_0000, end: HIGH + 0x10_9000 },
    loads: [
      { linear: 0x10_0000, physical: 0x10_0000, sizeBytes: 0x800 },
      { linear: HIGH + 0x10_1000, physical: 0x10_1000, sizeBytes: 0x4000 },
      { linear: HIGH + 0x10_6000, physical: 0x10_6000, sizeBytes: 0x3000 },
    ],
  });

  test('is where it is linked to, not in between', () => {
    const linked = [0x10_0000, HIGH + 0x10_1000, HIGH + 0x10_5800, HIGH + 0x10_8fff];
    expect(linked.map((linear) => placement.includes(linear))).toEqual([true, true, true, true]);
    const others = [0x10_0800, 0x10_1000, 0x4000_0000, HIGH + 0x10_9000];
    expect(others.map((linear) => placement.includes(linear))).toEqual([false, false, false, false]);
  });

  test('is found by physical address, too', () => {
    expect(placement.linkedAt(0x10_6010)).toBe(HIGH + 0x10_6010);
    expect(placement.linkedAt(0x10_0010)).toBeUndefined();
    expect(placement.linkedAt(0x10_9000)).toBeUndefined();
  });

  test('reaches memory at its own distance', () => {
    expect(placement.reached(HIGH + 0x12_4000)).toBe(0x12_4000);
    expect(placement.reached(0x12_4000)).toBe(0x12_4000);
  });
});

test('a frame that lies behind the end of RAM is handed out by the address that the kernel reaches it by', () => {
  const loads = [{ linear: HIGH + 0x10_0000, physical: 0x10_0000, sizeBytes: 0x1000 }];
  const high = new ImagePlacement({ imageRange: { start: HIGH + 0x10_0000, end: HIGH + 0x10_1000 }, loads });
  expect([HIGH + 0x20_0000, 0x20_0000, HIGH + 0x90_0000].map((frame) => high.frameDistance(frame, 0x80_0000))).toEqual([
    HIGH,
    0,
    0,
  ]);
});

test('a kernel that is loaded where it is linked to has one address for everything', () => {
  const loads = [{ linear: 0x10_0000, physical: 0x10_0000, sizeBytes: 0x1000 }];
  const placement = new ImagePlacement({ imageRange: { start: 0x10_0000, end: 0x10_1000 }, loads });
  expect(placement.linkedAt(0x10_0010)).toBeUndefined();
  expect(placement.reached(0xc010_0000)).toBe(0xc010_0000);
});

describe('callers without frame pointers', () => {
  const FUNCTIONS = [0x1000, 0x2000, 0x3000, 0x4000];
  const memory = new Map<number, number>();
  const poke = (linear: number, ...bytes: readonly number[]): void => {
    for (const [i, each] of bytes.entries()) memory.set(linear + i, each);
  };
  const word = (value: number) => [0, 8, 16, 24].map((shift) => (value >>> shift) & 0xff);
  const read8 = (linear: number) => memory.get(linear);
  const code: ScannedCode = {
    read8,
    read32: (linear) => [3, 2, 1, 0].reduce((value, i) => ((value << 8) | (read8(linear + i) ?? 0)) >>> 0, 0),
    passUnstored: (linear) => linear,
    functionStart: (linear) => FUNCTIONS.find((start) => linear >= start && linear < start + 0x1000),
  };
  poke(0x1000, 0x55, 0x89, 0xe5);
  poke(0x2000, 0x83, 0xec, 0x10);
  poke(0x3010, 0xe8, ...word(0x2000 - 0x3015)); // call 2000h
  poke(0x3020, 0xe8, ...word(0x1000 - 0x3025)); // call 1000h
  poke(0x4010, 0xff, 0xd0); // call eax

  test('functions that set up a frame are told from those that do not', () => {
    expect([0x1000, 0x2000, 0x4800].map((start) => keepsFramePointer(read8, start))).toEqual([true, false, true]);
  });

  test('a leftover return address of a call of another function is passed over', () => {
    const stack = [0x3025, 0x3015, 0x77, 0x4012, 0];
    for (const [i, value] of stack.entries()) poke(0x8000 + 4 * i, ...word(value));
    expect(scanCallers(code, 0x2010, 0x8000)).toEqual([0x2010, 0x3015, 0x4012]);
  });

  test('code in the higher half is read where it was loaded to', () => {
    const high = new ImagePlacement({
      imageRange: { start: HIGH + 0x1000, end: HIGH + 0x5000 },
      loads: [{ linear: HIGH + 0x1000, physical: 0x1000, sizeBytes: 0x4000 }],
    });
    for (const [i, value] of [HIGH + 0x3015, 0].entries()) poke(HIGH + 0x9000 + 4 * i, ...word(value));
    const stored = [...memory].sort(([a], [b]) => a - b);
    const column = (numbers: readonly number[]) => Uint32Array.from(numbers);
    const batch: WriteColumns = {
      count: stored.length,
      icount: new Float64Array(stored.length),
      eip: new Uint32Array(stored.length),
      linear: column(stored.map(([linear]) => linear)),
      physical: column(stored.map(([linear]) => linear)),
      value: column(stored.map(([, byte]) => byte)),
      size: new Uint8Array(stored.length).fill(1),
      origin: new Uint8Array(stored.length),
    };
    const symbols: Symbols = {
      ...noSymbols,
      functionAt: (linear) => {
        const start = FUNCTIONS.find((each) => linear - HIGH >= each && linear - HIGH < each + 0x1000);
        if (start === undefined) return undefined;
        const symbol = {
          name: 'f',
          start: HIGH + start,
          sizeBytes: 0x1000,
          isOpenEnded: false,
          kind: 'function',
        } as const;
        return { symbol, offset: linear - HIGH - start };
      },
    };
    const place = { icount: 0, writes: stored.length, esp: HIGH + 0x8ffc, ebp: 0 };
    const event = { kind: 'probe-call', probe: 'alloc', call: 0, args: [], callers: [], ...place } as const;
    const call = new ProbeCall(event, [HIGH + 0x2010]);
    const reader = {
      scanWrites: function* () {
        yield { ...batch, first: 0 };
      },
    };
    unwindCalls(reader, { symbols, placement: high }, [call]);
    expect(call.callers).toEqual([HIGH + 0x2010, HIGH + 0x3015]);
  });
});
