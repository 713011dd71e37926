import { describe, expect, test } from 'vitest';
import type { PortClaim } from '../../../emulator/bus/ports.ts';
import * as S from '../../../emulator/cpu/state.ts';
import { BareMachine, CODE, ENGINES } from './bare-machine.ts';

const NOP = 0x90;
const JUMP_TO_SELF = [0xeb, 0xfe];
const OUT_80 = [0xe6, 0x80];

/** MOV ECX, 5; REP STOSB; INC EAX; JNZ to the next; UD2: a REP, a jump and a fault lie in the window. */
const MIXED = [0xb9, 5, 0, 0, 0, 0xf3, 0xaa, 0x40, 0x75, 0x00, 0x0f, 0x0b];

function mixed(engine: (typeof ENGINES)[number]): BareMachine {
  const machine = new BareMachine(engine, MIXED);
  machine.guest.interruptGate(6);
  machine.put(0x20006, JUMP_TO_SELF); // the handler
  machine.cpu.s[S.EDI] = 0x30000;
  return machine;
}

describe.each(ENGINES)('the %s engine', (engine) => {
  test('stops at exactly the deadline, for every deadline of a window', () => {
    for (let deadline = 0; deadline <= 20; deadline++) {
      const whole = mixed(engine);
      while (whole.icount < deadline) whole.runTo(deadline); // a delivered fault ends a run, too
      expect(whole.icount).toBe(deadline);
      const stepped = mixed(engine);
      for (let i = 0; i < deadline; i++) stepped.run(1);
      expect(whole.guest.architecture()).toEqual(stepped.guest.architecture());
    }
  });

  test('counts each iteration of REP and each delivered fault as one', () => {
    const machine = mixed(engine);
    machine.runTo(6); // MOV and five iterations
    expect(machine.eip).toBe(CODE + 7);
    machine.runTo(8);
    expect(machine.eip).toBe(CODE + 10);
    machine.runTo(9);
    expect(machine.eip).toBe(0x20006);
  });

  test('doesn’t run at all when the deadline has come', () => {
    const machine = new BareMachine(engine, [0x40]);
    machine.runTo(0);
    expect(machine).toMatchObject({ icount: 0, eax: 0 });
  });

  test('stops after the instruction that lowers the deadline', () => {
    const machine = new BareMachine(engine, [NOP, ...OUT_80, NOP, NOP]);
    const claim: PortClaim = {
      owner: 'the test',
      first: 0x80,
      last: 0x80,
      write: () => machine.cpu.requestPoll(),
    };
    machine.cpu.pins.ports.claim(claim);
    machine.runTo(1000);
    expect(machine).toMatchObject({ icount: 2, eip: CODE + 3 });
  });

  test('lets time pass at once in a jump to itself, and lands exactly', () => {
    const machine = new BareMachine(engine, JUMP_TO_SELF);
    machine.runTo(1e12);
    expect(machine).toMatchObject({ icount: 1e12, eip: CODE });
  });

  test('does not skip over a loop that counts or stores', () => {
    const loop = new BareMachine(engine, [0xe2, 0xfe]); // LOOP to itself
    loop.cpu.s[S.ECX] = 10;
    loop.runTo(4);
    expect(loop.cpu.s[S.ECX]).toBe(6);
    const repeated = new BareMachine(engine, [0xf3, 0xaa]);
    repeated.cpu.s[S.ECX] = 10;
    repeated.cpu.s[S.EDI] = 0x30000;
    repeated.runTo(4);
    expect(repeated.cpu.s[S.EDI]).toBe(0x30004);
  });

  test('asks before every instruction at a watched address, and stops before it when told to', () => {
    const machine = new BareMachine(engine, [NOP, NOP, 0xeb, 0xfc]); // a loop of three
    machine.watch(CODE + 1);
    machine.runTo(9);
    expect(machine.reached).toEqual([CODE + 1, CODE + 1, CODE + 1]);
    machine.stopsBefore = () => true;
    machine.runTo(100);
    expect(machine).toMatchObject({ icount: 10, eip: CODE + 1 });
  });

  test('does not let time pass at once where somebody watches', () => {
    const machine = new BareMachine(engine, JUMP_TO_SELF);
    machine.watch(CODE);
    machine.runTo(5);
    expect(machine.reached).toHaveLength(5);
  });
});
