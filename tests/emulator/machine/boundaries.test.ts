import { describe, expect, test } from 'vitest';
import { type EngineName, Machine } from '../../../emulator/index.ts';
import type { TraceEvent } from '../../../traces/index.ts';
import { bootSector, record, SMALL } from './recording.ts';

const BOOT = 0x7c00;
const WINDOW = 0x60; // offset of the code under test in the boot sector
const HANDLER = 0x40;

/** MOV AL, value; OUT port, AL. */
function out(port: number, value: number): number[] {
  return [0xb0, value, 0xe6, port];
}

/** IRQ 0 comes once, `clocks` after it is set up; the handler counts at 0:500h. DS, ES and SS are 0. */
function oneInterrupt(clocks: number, window: readonly number[]): Uint8Array {
  const disk = bootSector([
    ...[0xfa, 0xc7, 0x06, 0x20, 0x00, HANDLER, 0x7c, 0xc7, 0x06, 0x22, 0x00, 0x00, 0x00],
    ...[0xbf, 0x00, 0x06, 0xb9, 0x04, 0x00], // MOV DI, 600h; MOV CX, 4
    ...out(0x43, 0x30), // PIT counter 0: mode 0, interrupt on terminal count
    ...out(0x40, clocks),
    ...out(0x40, 0),
    ...[0xfb, 0xeb, WINDOW - 0x22], // STI; JMP window
  ]);
  disk.set([0xfe, 0x06, 0x00, 0x05, 0x50, ...out(0x20, 0x20), 0x58, 0xcf], HANDLER);
  disk.set(window, WINDOW);
  return disk;
}

const JUMP_TO_SELF = [0xeb, 0xfe];
/** Every kind of instruction that changes when an interrupt may come, and a few that don't. */
const MIXED = [
  ...[0x90, 0xfa, 0x90, 0xfb, 0x90], // NOP; CLI; NOP; STI; NOP
  ...[0x8c, 0xd0, 0x8e, 0xd0, 0x89, 0xe4, 0x40], // MOV AX, SS; MOV SS, AX; MOV SP, SP; INC AX
  ...[0x16, 0x17, 0x90, 0x48], // PUSH SS; POP SS; NOP; DEC AX
  ...[0xf3, 0xaa], // REP STOSB
  ...[0x9c, 0xfa, 0x9d, 0x90], // PUSHF; CLI; POPF; NOP
  ...[0xcd, 0x11], // INT 11h, a BIOS service
  ...[0xfb, 0xfb, 0x90], // STI with interrupts on casts no shadow
  ...JUMP_TO_SELF,
];

function interruptsOf(engine: EngineName, disk: Uint8Array): readonly TraceEvent[] {
  const events: TraceEvent[] = [];
  record(engine, { disk, instructions: 150, onEvent: (event) => events.push(event) });
  return events.filter((event) => event.kind === 'interrupt' && event.vector === 8);
}

/** 1 to `last`. */
function clocksTo(last: number): readonly number[] {
  return Array.from({ length: last }, (_, i) => i + 1);
}

/** Where in the short window the interrupt was taken, over all moments at which it can come. */
function placesTaken(engine: EngineName, window: readonly number[]): ReadonlySet<number> {
  const eips = clocksTo(14).flatMap((clocks) =>
    interruptsOf(engine, oneInterrupt(clocks, window)).map((event) => ('eip' in event ? event.eip : 0)),
  );
  return new Set(eips.filter((eip) => eip >= BOOT + WINDOW).map((eip) => eip - BOOT - WINDOW));
}

describe('an interrupt', () => {
  test('at any boundary of a window gives the same bytes with every engine', () => {
    for (const clocks of clocksTo(45)) {
      const plan = { disk: oneInterrupt(clocks, MIXED), instructions: 150 };
      const oracle = record('oracle', plan);
      for (const engine of ['forms', 'blocks'] as const) {
        const other = record(engine, { ...plan, hotAfter: 1 });
        expect(other.state, `${engine}, ${clocks} clocks`).toBe(oracle.state);
        expect(Buffer.compare(other.trace, oracle.trace), `${engine}, ${clocks} clocks`).toBe(0);
      }
    }
  });
});

describe.each(['oracle', 'forms', 'blocks'] as const)('with the %s engine an interrupt', (engine) => {
  test('is taken between any two instructions, and between iterations of REP', () => {
    const window = [0x90, 0x40, 0xf3, 0xaa, 0x48, ...JUMP_TO_SELF];
    expect(placesTaken(engine, window)).toEqual(new Set([0, 1, 2, 4, 5]));
  });

  test('waits for the instruction after STI', () => {
    const window = [0xfa, 0x90, 0xfb, 0x90, 0x40, ...JUMP_TO_SELF];
    expect(placesTaken(engine, window)).toEqual(new Set([0, 4, 5]));
  });

  test('does not wait after STI when interrupts were on already', () => {
    expect(placesTaken(engine, [0xfb, 0x90, ...JUMP_TO_SELF])).toEqual(new Set([0, 1, 2]));
  });

  test('waits for the instruction after MOV SS and POP SS', () => {
    const moved = [0x8c, 0xd0, 0x8e, 0xd0, 0x89, 0xe4, ...JUMP_TO_SELF];
    expect(placesTaken(engine, moved)).toEqual(new Set([0, 2, 6]));
    const popped = [0x16, 0x17, 0x89, 0xe4, ...JUMP_TO_SELF];
    expect(placesTaken(engine, popped)).toEqual(new Set([0, 1, 4]));
  });
});

/** MOV word [4], handler; [6], 0; then PUSHF, OR the image with TF, POPF. */
const SET_TF = [
  ...[0xc7, 0x06, 0x04, 0x00, HANDLER, 0x7c, 0xc7, 0x06, 0x06, 0x00, 0x00, 0x00],
  ...[0xfa, 0x9c, 0x58, 0x80, 0xcc, 0x01, 0x50, 0x9d],
];
const STEPS_OVER = SET_TF.length;

/** Where single steps are taken when `code` runs with TF set, as offsets into it. */
function stepsOf(engine: EngineName, code: readonly number[]): readonly number[] {
  const disk = bootSector([...SET_TF, ...code]);
  disk.set([0xcf], HANDLER); // IRET
  const steps: number[] = [];
  record(engine, {
    disk,
    instructions: 60,
    onEvent: (event) => {
      if (event.kind === 'exception' && event.vector === 1) steps.push(event.eip - BOOT - STEPS_OVER);
    },
  });
  return steps;
}

describe.each(['oracle', 'forms', 'blocks'] as const)('with the %s engine the single step', (engine) => {
  const clearTf = [0x9c, 0x58, 0x80, 0xe4, 0xfe, 0x50, 0x9d, ...JUMP_TO_SELF];

  test('comes after each instruction that began with TF set: not after the POPF that sets it, but after the one that clears it', () => {
    expect(stepsOf(engine, [0x90, 0x40, ...clearTf])).toEqual([1, 2, 3, 4, 7, 8, 9]);
  });

  test('comes after each iteration of REP', () => {
    const code = [0xb9, 2, 0, 0xbf, 0, 6, 0xf3, 0xaa, ...clearTf];
    expect(stepsOf(engine, code)).toEqual([3, 6, 6, 8, 9, 10, 13, 14, 15]);
  });

  test('does not come on the way into the handler of INT n', () => {
    // INT 11h returns with TF set again, so the next step is after the instruction behind it.
    expect(stepsOf(engine, [0xcd, 0x11, 0x90, ...clearTf]).slice(0, 2)).toEqual([3, 4]);
  });

  test('does not come on the way into the handler of a fault', () => {
    const code = [0x0f, 0x0b]; // UD2, for which the BIOS has a handler that does nothing
    const steps = stepsOf(engine, code);
    expect(steps).toEqual([]);
  });

  test('wakes a halted processor', () => {
    expect(stepsOf(engine, [0xf4, 0x90, ...clearTf]).slice(0, 2)).toEqual([1, 2]);
  });

  test('is not lost when the instruction’s own event pauses the run', () => {
    const disk = bootSector([...SET_TF, 0xe6, 0x80, 0x90, ...JUMP_TO_SELF]); // OUT 80h, AL
    disk.set([0xcf], HANDLER);
    const steps: number[] = [];
    const sink = {
      writes: () => undefined,
      event: (event: TraceEvent) => {
        if (event.kind === 'exception') steps.push(event.eip - BOOT - STEPS_OVER);
      },
    };
    const machine = new Machine(SMALL, { disk }, { engine, sink });
    const pause = machine.run({ until: 60, stopOn: ({ kind }) => kind === 'port-write' });
    expect(pause).toMatchObject({ kind: 'event' });
    expect(steps).toEqual([2]);
  });
});
