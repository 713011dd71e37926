import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { realModeDisk } from './random-guests.ts';
import { bootSector, type Recording, record } from './recording.ts';

const PROGRAM = 0xc0; // where the random guests have theirs
const GENERAL_DETECT = 0x2000;
const SOME_ENABLED = 0xaa;

function dword(value: number): readonly number[] {
  return [value & 255, (value >>> 8) & 255, (value >>> 16) & 255, value >>> 24];
}

/** MOV EAX, value; MOV DRn, EAX, in 16-bit code. */
function loadDebug(register: number, value: number): readonly number[] {
  return [0x66, 0xb8, ...dword(value), 0x0f, 0x23, 0xc0 | (register << 3)];
}

const enableIoBreakpoints = [0x66, 0xb8, ...dword(8), 0x0f, 0x22, 0xe0]; // CR4.DE
const setTrapFlag = [0x9c, 0x58, 0x80, 0xcc, 0x01, 0x50, 0x9d]; // PUSHF; POP AX; OR AH, 1; PUSH AX; POPF

function expectSame(actual: Recording, expected: Recording): void {
  expect([actual.icount, actual.state]).toEqual([expected.icount, expected.state]);
  expect(Buffer.compare(actual.trace, expected.trace)).toBe(0);
}

const place = fc.oneof(fc.integer({ min: 0x7cc0, max: 0x7e10 }), fc.integer({ min: 0, max: 0xffff }));

describe('breakpoints and single step', () => {
  test('are met alike by every engine, however a run is cut into slices', () => {
    const places = fc.array(place, { minLength: 4, maxLength: 4 });
    fc.assert(
      fc.property(realModeDisk, places, fc.integer(), fc.boolean(), (disk, linears, kinds, isStepping) => {
        const breakpoints = linears.flatMap((linear, i) => loadDebug(i, linear));
        const arm = loadDebug(7, (kinds & ~GENERAL_DETECT) | SOME_ENABLED);
        const debugged = disk.slice();
        debugged.set([...breakpoints, ...enableIoBreakpoints, ...arm, ...(isStepping ? setTrapFlag : [])], PROGRAM);
        const plan = { disk: debugged, instructions: 1000 };
        const expected = record('oracle', plan);
        for (const engine of ['forms', 'blocks'] as const)
          expectSame(record(engine, { ...plan, hotAfter: 1 }), expected);
        expectSame(record('forms', { ...plan, slices: () => 7 }), expected);
      }),
      { numRuns: 3 },
    );
  });

  test('on the vector of their own handler still reach the limit', () => {
    // Every entry meets the breakpoint again, before the handler's first instruction.
    const code = [...loadDebug(0, 4), ...loadDebug(7, 0xf0002), 0xa1, 0x04, 0x00, 0xeb, 0xfe]; // MOV AX, [4]; JMP $
    for (const engine of ['oracle', 'forms', 'blocks'] as const) {
      expect(record(engine, { disk: bootSector(code), instructions: 500 }).icount).toBe(500);
    }
  });
});
