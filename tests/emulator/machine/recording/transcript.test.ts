import { describe, expect, test } from 'vitest';
import { Machine } from '../../../../emulator/index.ts';
import { EXCEPTIONS_KEPT, type ExceptionEvent, Transcript } from '../../../../emulator/machine/recording/transcript.ts';
import type { TraceEvent } from '../../../../traces/index.ts';
import { bootSector, SMALL } from '../recording.ts';

// mov dx, 3f8h; mov al, 'a'; out dx, al; inc al; out dx, al; jmp to the inc
const SENDER = bootSector([0xba, 0xf8, 0x03, 0xb0, 0x61, 0xee, 0xfe, 0xc0, 0xee, 0xeb, 0xfb]);
const sent = (machine: Machine, from = 0): string => Buffer.from(machine.serialOut(0, from)).toString();

describe('a machine remembers what the guest said', () => {
  test('bytes of a serial port from any place on, and going back forgets', () => {
    const machine = new Machine(SMALL, { disk: SENDER }, { engine: 'forms' });
    machine.run({ until: 3 });
    expect(sent(machine)).toBe('a');
    const early = machine.snapshot();
    machine.run({ until: 11 });
    expect(sent(machine)).toBe('abcd');
    expect(sent(machine, 2)).toBe('cd');
    const late = machine.snapshot();
    machine.restore(early);
    expect(sent(machine)).toBe('a');
    machine.run({ until: 5 });
    machine.restore(late);
    expect(sent(machine)).toBe('abcd');
    machine.run({ until: 14 });
    expect(sent(machine, 3)).toBe('de');
  });

  test('of a kernel that faults for ever the first exceptions alone, so that memory doesn’t fill', () => {
    const transcript = new Transcript();
    const fault: ExceptionEvent = { kind: 'exception', icount: 0, writes: 0, vector: 6, eip: 0x7c00 };
    for (let icount = 0; icount <= EXCEPTIONS_KEPT; icount++) transcript.note({ ...fault, icount });
    expect(transcript.exceptions(EXCEPTIONS_KEPT - 1)).toEqual([{ ...fault, icount: EXCEPTIONS_KEPT - 1 }]);
  });

  test('exceptions and interrupts taken', () => {
    // xor ax, ax; div ax raises vector 0, whose handler in the BIOS returns to the div
    const machine = new Machine(SMALL, { disk: bootSector([0x31, 0xc0, 0xf7, 0xf0]) }, { engine: 'forms' });
    machine.run({ until: 2, stopOn: (event) => event.kind === 'exception' });
    expect(machine.exceptions(0)).toMatchObject([{ vector: 0, eip: 0x7c02 }]);
    expect(machine.exceptions(1)).toEqual([]);
    expect(machine.interruptCount(0)).toBe(0);
  });
});

describe('a muted machine', () => {
  test('records nothing, and going back leaves the recording as if nothing had been', () => {
    const run = (isForked: boolean): string => {
      const events: TraceEvent[] = [];
      const sink = { writes: () => undefined, event: (event: TraceEvent) => void events.push(event) };
      const machine = new Machine(SMALL, { disk: SENDER }, { engine: 'forms', sink });
      machine.run({ until: 5 });
      if (isForked) {
        const snapshot = machine.snapshot();
        expect(machine.mute(true)).toBe(false);
        machine.apply({ kind: 'memory', linear: 0x500, bytes: Uint8Array.of(1, 2, 3) });
        machine.run({ until: 100_000 });
        machine.checkpoint('lost');
        machine.restore(snapshot);
        expect(machine.mute(false)).toBe(true);
      }
      machine.run({ until: 50 });
      machine.finish({ kind: 'deadline' });
      return JSON.stringify(events);
    };
    expect(run(true)).toBe(run(false));
  });
});

describe('inputs for interrupts', () => {
  // mov al, 0; out 21h, al; sti; nop ... (the BIOS has its vectors at 8)
  const OPEN = bootSector([0xb0, 0x00, 0xe6, 0x21, 0xfb, ...new Array<number>(60).fill(0x90), 0xeb, 0xfe]);

  test.each([3, 5, 7])('an edge at IRQ %i is taken at the next instruction boundary, each time anew', (line) => {
    const machine = new Machine(SMALL, { disk: OPEN }, { engine: 'forms' });
    machine.run({ until: 6 });
    for (let count = 1; count <= 2; count++) {
      machine.apply({ kind: 'irq', line });
      machine.run({ until: machine.icount + 2 });
      expect(machine.interruptCount(line)).toBe(count);
      machine.run({ until: machine.icount + 40 }); // the BIOS ends the interrupt
    }
  });

  test('while interrupts are held none is taken; it waits', () => {
    const machine = new Machine(SMALL, { disk: OPEN }, { engine: 'forms' });
    machine.run({ until: 6 });
    machine.apply({ kind: 'hold-interrupts', isHeld: true });
    machine.apply({ kind: 'irq', line: 5 });
    machine.run({ until: 30 });
    expect(machine.interruptCount(5)).toBe(0);
    machine.apply({ kind: 'hold-interrupts', isHeld: false });
    machine.run({ until: 32 });
    expect(machine.interruptCount(5)).toBe(1);
  });
});

describe('stopOnStore', () => {
  // mov byte [500h], 1; mov byte [501h], 2; nop; jmp to itself
  const STORER = bootSector([0xc6, 0x06, 0x00, 0x05, 1, 0xc6, 0x06, 0x01, 0x05, 2, 0x90, 0xeb, 0xfe]);

  test.each(['forms', 'oracle'] as const)('stops after the instruction that stored there (%s)', (engine) => {
    const machine = new Machine(SMALL, { disk: STORER }, { engine });
    const stopOnStore = (physical: number, sizeBytes: number) => physical <= 0x501 && physical + sizeBytes > 0x501;
    expect(machine.run({ until: 100, stopOnStore })).toEqual({ kind: 'store' });
    expect([machine.icount, machine.registers().eip]).toEqual([2, 0x7c0a]);
    expect(machine.run({ until: 100, stopOnStore })).toEqual({ kind: 'deadline' });
  });

  test('works beside the proof that a loop is idle', () => {
    // sti; inc byte [500h]; jmp to the inc: never idle, but looked at
    const looping = bootSector([0xfb, 0xfe, 0x06, 0x00, 0x05, 0xeb, 0xfa]);
    const machine = new Machine({ ...SMALL, clock: 'idle' }, { disk: looping }, { engine: 'forms' });
    let stores = 0;
    const stopOnStore = (physical: number) => physical === 0x500 && ++stores === 3000;
    expect(machine.run({ until: 1_000_000, stopOnStore })).toEqual({ kind: 'store' });
    expect(stores).toBe(3000);
  });
});
