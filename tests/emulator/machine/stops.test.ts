import { describe, expect, test } from 'vitest';
import { type EngineName, Machine, type MachineSpec } from '../../../emulator/index.ts';
import type { StopReason } from '../../../traces/index.ts';
import { bootSector, record, SMALL } from './recording.ts';

const BOOT = 0x7c00;
const JUMP_TO_SELF = [0xeb, 0xfe];
const CLI = 0xfa;
const STI = 0xfb;
const HLT = 0xf4;
const NOP = 0x90;

/** MOV AL, value; OUT port, AL. */
function out(port: number, value: number): number[] {
  return [0xb0, value, 0xe6, port];
}

/** LIDT with a limit of 0, then INT3: no gate for it, for its #GP, nor for the double fault. */
const TRIPLE_FAULT = [CLI, 0x0f, 0x01, 0x1e, 0x07, 0x7c, 0xcc, 0, 0, 0, 0, 0, 0];

const GUESTS: readonly (readonly [
  name: string,
  code: readonly number[],
  spec: Partial<MachineSpec>,
  stop: StopReason,
])[] = [
  ['a triple fault', TRIPLE_FAULT, {}, { kind: 'triple-fault', vectors: [13, 13, 8, 13] }],
  ['HLT with interrupts off', [CLI, HLT], {}, { kind: 'halted' }],
  ['the instruction limit', JUMP_TO_SELF, { instructionLimit: 5000 }, { kind: 'instruction-limit', limit: 5000 }],
  ['the exit port', out(0xf4, 0x2a), {}, { kind: 'exit-port', value: 0x2a }],
  ['a reset by the keyboard controller', out(0x64, 0xfe), {}, { kind: 'reset', by: '8042' }],
  ['a reset by port 92h', out(0x92, 0x01), {}, { kind: 'reset', by: 'port 92h' }],
];

describe.each(['oracle', 'forms'] as const)('with the %s engine the guest ends', (engine) => {
  test.each(GUESTS)('by %s', (_, code, spec, stop) => {
    const { stopped } = record(engine, { disk: bootSector(code), instructions: 10_000, spec: { ...SMALL, ...spec } });
    expect(stopped).toEqual(stop);
  });

  test('in a strict run at the first port that gilt doesn’t have, in a lenient one not', () => {
    const plan = { disk: bootSector([0xe4, 0x99, ...JUMP_TO_SELF]), instructions: 1_000 };
    expect(record(engine, plan).stopped).toBeUndefined();
    const strict = record(engine, { ...plan, spec: { ...SMALL, isStrict: true } });
    expect(strict.stopped).toMatchObject({ kind: 'unhandled', what: expect.stringContaining('0x99') });
    expect(strict.icount).toBe(1);
  });

  test('after the instruction that ended it, and stays ended', () => {
    const { machine, icount } = record(engine, { disk: bootSector([...out(0xf4, 1), NOP, NOP]), instructions: 100 });
    expect(icount).toBe(2);
    expect(machine.run({ until: 200 })).toEqual({ kind: 'exit-port', value: 1 });
    expect(machine.icount).toBe(2);
  });
});

/** A timer of 1000 clocks; the handler counts ticks at 0:500h. */
const TIMER = [
  ...[CLI, 0xc7, 0x06, 0x20, 0x00, 0x40, 0x7c, 0xc7, 0x06, 0x22, 0x00, 0x00, 0x00], // MOV word [20h], 7C40h; [22h], 0
  ...out(0x43, 0x34),
  ...out(0x40, 0xe8),
  ...out(0x40, 0x03),
];
const TICK_HANDLER = [0xfe, 0x06, 0x00, 0x05, ...out(0x20, 0x20), 0xcf]; // INC byte [500h]; EOI; IRET

function withHandler(code: readonly number[]): Uint8Array {
  const disk = bootSector([...TIMER, ...code]);
  disk.set(TICK_HANDLER, 0x40);
  return disk;
}

function machineOf(engine: EngineName, disk: Uint8Array): Machine {
  return new Machine(SMALL, { disk }, { engine });
}

describe.each(['oracle', 'forms'] as const)('with the %s engine HLT', (engine) => {
  const disk = withHandler([STI, HLT, 0xeb, 0xfd]); // halts for ever

  test('lets time go to the next timer at once', () => {
    const machine = machineOf(engine, disk);
    machine.run({ until: 10_500 });
    expect(machine.icount).toBe(10_500);
    expect(machine.readPhysical(0x500, 1)[0]).toBe(10);
  });

  test('lands exactly on a deadline before that', () => {
    const machine = machineOf(engine, disk);
    for (let until = 100; until < 2_500; until += 7) {
      machine.run({ until });
      expect(machine.icount).toBe(until);
    }
  });

  test('right after STI waits for the interrupt that STI held back', () => {
    const machine = machineOf(
      engine,
      withHandler([...new Array<number>(50).fill(NOP)].slice(0, 3).concat([STI, HLT, CLI, HLT])),
    );
    machine.run({ until: 100_000 });
    expect(machine.stopped).toEqual({ kind: 'halted' });
    expect(machine.readPhysical(0x500, 1)[0]).toBe(1);
  });
});

describe.each(['oracle', 'forms'] as const)('with the %s engine a breakpoint', (engine) => {
  test('stops before its instruction each time it is reached, but not where the run starts', () => {
    const machine = machineOf(engine, bootSector([NOP, NOP, 0xeb, 0xfc])); // a loop of three
    const breakpoints = [BOOT + 1];
    for (let round = 0; round < 3; round++) {
      expect(machine.run({ until: 1000, breakpoints })).toEqual({ kind: 'breakpoint', linear: BOOT + 1 });
      expect(machine.icount).toBe(1 + 3 * round);
    }
  });

  test('in a handler that is entered at the very icount the run starts from stops it', () => {
    const machine = machineOf(engine, withHandler([STI, NOP, 0xeb, 0xfd]));
    const handler = BOOT + 0x40;
    machine.run({ until: 1e6, breakpoints: [handler] });
    const { icount } = machine;
    const other = machineOf(engine, withHandler([STI, NOP, 0xeb, 0xfd]));
    other.run({ until: icount });
    expect(other.pcLinear).not.toBe(handler); // the interrupt is about to be taken
    expect(other.run({ until: 1e6, breakpoints: [handler] })).toEqual({ kind: 'breakpoint', linear: handler });
    expect(other.icount).toBe(icount);
  });
});
