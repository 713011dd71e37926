import { describe, expect, test } from 'vitest';
import * as S from '../../../emulator/cpu/state.ts';
import { BareMachine, CODE, ENGINES } from './bare-machine.ts';

const NOP = 0x90;
const INC_EAX = 0x40;
const DEC_EAX = 0x48;

/** MOV byte [target], value. */
function storeByte(target: number, value: number): number[] {
  return [0xc6, 0x05, target & 0xff, (target >> 8) & 0xff, (target >> 16) & 0xff, (target >>> 24) & 0xff, value];
}

function jumpTo(from: number, target: number): number[] {
  const distance = target - (from + 5);
  return [0xe9, distance & 0xff, (distance >> 8) & 0xff, (distance >> 16) & 0xff, (distance >> 24) & 0xff];
}

/** Runs the code at `target` once, so that it is decoded, changes its first byte to DEC EAX, and runs it again. */
function runsChangedCode(engine: (typeof ENGINES)[number], target: number, storedAt = target): BareMachine {
  const machine = new BareMachine(engine, [...storeByte(storedAt, DEC_EAX), ...jumpTo(CODE + 7, target)]);
  machine.put(target, [INC_EAX]);
  machine.cpu.s[S.EIP] = target;
  machine.run(1);
  expect(machine.eax).toBe(1);
  machine.cpu.s[S.EIP] = CODE;
  machine.run(3);
  return machine;
}

describe.each(ENGINES)('with the %s engine a store into code takes effect at once', (engine) => {
  test('on the very next instruction, in the same line', () => {
    const machine = new BareMachine(engine, [...storeByte(CODE + 7, INC_EAX), NOP]);
    machine.put(CODE + 7, [DEC_EAX]);
    machine.cpu.s[S.EIP] = CODE + 7;
    machine.run(1); // decodes the DEC
    machine.cpu.s[S.EIP] = CODE;
    machine.run(2);
    expect(machine.eax).toBe(0);
  });

  test('in another line and on another page', () => {
    expect(runsChangedCode(engine, CODE + 0x100).eax).toBe(0);
    expect(runsChangedCode(engine, CODE + 0x5000).eax).toBe(0);
  });

  test('when it hits only the last byte of an instruction that starts in the line before', () => {
    const target = CODE + 0x7d; // ADD EAX, imm32: bytes 7D-81
    const machine = new BareMachine(engine, [...storeByte(target + 4, 0x10), ...jumpTo(CODE + 7, target)]);
    machine.put(target, [0x05, 1, 0, 0, 0]);
    machine.cpu.s[S.EIP] = target;
    machine.run(1);
    machine.cpu.s[S.EIP] = CODE;
    machine.run(3);
    expect(machine.eax).toBe(1 + 0x10000001);
  });

  test('when a wider store reaches into the code from the line before it', () => {
    const target = CODE + 0x80;
    const store = [0xc7, 0x05, 0x7e, 0x00, 0x01, 0x00, NOP, NOP, DEC_EAX, NOP]; // MOV dword [1007E], ...
    const machine = new BareMachine(engine, [...store, ...jumpTo(CODE + store.length, target)]);
    machine.put(target, [INC_EAX]);
    machine.cpu.s[S.EIP] = target;
    machine.run(1);
    machine.cpu.s[S.EIP] = CODE;
    machine.run(3);
    expect(machine.eax).toBe(0);
  });

  test('when a wider store begins in the code’s line and ends in the next', () => {
    const target = CODE + 0xbf; // the last byte of its line
    const store = [0xc7, 0x05, 0xbf, 0x00, 0x01, 0x00, DEC_EAX, NOP, NOP, NOP]; // MOV dword [100BF], ...
    const machine = new BareMachine(engine, [...store, ...jumpTo(CODE + store.length, target)]);
    machine.put(target, [INC_EAX]);
    machine.cpu.s[S.EIP] = target;
    machine.run(1);
    machine.cpu.s[S.EIP] = CODE;
    machine.run(3);
    expect(machine.eax).toBe(0);
  });

  test('in an instruction that crosses a page', () => {
    const target = 0x14ffd; // ADD EAX, imm32 over the end of the page
    const machine = new BareMachine(engine, [...storeByte(0x15001, 0x10), ...jumpTo(CODE + 7, target)]);
    machine.put(target, [0x05, 1, 0, 0, 0]);
    machine.cpu.s[S.EIP] = target;
    machine.run(1);
    machine.cpu.s[S.EIP] = CODE;
    machine.run(3);
    expect(machine.eax).toBe(1 + 0x10000001);
  });

  test('through another linear mapping of the page', () => {
    const target = 0x15000;
    const other = 0x18000;
    const machine = new BareMachine(engine, [...storeByte(other, DEC_EAX), ...jumpTo(CODE + 7, target)]);
    machine.guest.enablePaging();
    machine.guest.poke(0x101000 + (other >> 12) * 4, 4, target | 7);
    machine.guest.call('writeControl', 3, 0x100000);
    machine.put(target, [INC_EAX]);
    machine.cpu.s[S.EIP] = target;
    machine.run(1);
    machine.cpu.s[S.EIP] = CODE;
    machine.run(3);
    expect(machine.eax).toBe(0);
  });

  test('when memory is written from outside', () => {
    const machine = new BareMachine(engine, [INC_EAX]);
    machine.run(1);
    machine.guest.memory.write8(CODE, DEC_EAX);
    machine.cpu.s[S.EIP] = CODE;
    machine.run(1);
    expect(machine.eax).toBe(0);
  });
});

describe.each(ENGINES)('the %s engine', (engine) => {
  test('runs what a page holds now when the page is mapped elsewhere', () => {
    const machine = new BareMachine(engine, [NOP]);
    machine.guest.enablePaging();
    machine.put(0x15000, [INC_EAX]);
    machine.put(0x16000, [DEC_EAX]);
    machine.cpu.s[S.EIP] = 0x15000;
    machine.run(1);
    machine.guest.poke(0x101000 + 0x15 * 4, 4, 0x16007);
    machine.guest.call('writeControl', 3, 0x100000);
    machine.cpu.s[S.EIP] = 0x15000;
    machine.run(1);
    expect(machine.eax).toBe(0);
  });

  test('reads the second page of an instruction through the mapping of the moment', () => {
    const machine = new BareMachine(engine, [NOP]);
    machine.guest.enablePaging();
    machine.put(0x14fff, [0xb8, 1, 0, 0, 0]); // MOV EAX, imm32, all but its opcode on the second page
    machine.put(0x16000, [2, 0, 0, 0]);
    machine.cpu.s[S.EIP] = 0x14fff;
    machine.run(1);
    expect(machine.eax).toBe(1);
    machine.guest.poke(0x101000 + 0x15 * 4, 4, 0x16007);
    machine.guest.call('invalidatePage', S.DS, 0x15000);
    machine.cpu.s[S.EIP] = 0x14fff;
    machine.run(1);
    expect(machine.eax).toBe(2);
  });

  test('decodes the same bytes anew for 16-bit code', () => {
    const machine = new BareMachine(engine, [0xb8, 1, 0, 0, 0]); // MOV EAX, 1 or MOV AX, 1 and ADD [BX+SI], AL
    machine.run(1);
    expect(machine.eip).toBe(CODE + 5);
    machine.cpu.s[S.RIGHTS + S.CS] &= ~0x4000;
    machine.cpu.s[S.EIP] = CODE;
    machine.run(1);
    expect(machine.eip).toBe(CODE + 3);
  });

  test('faults when the segment limit is lowered into an instruction it has decoded', () => {
    const machine = new BareMachine(engine, [0xb8, 1, 0, 0, 0]);
    machine.guest.interruptGate(13);
    machine.run(1);
    machine.cpu.s[S.LIMIT + S.CS] = CODE + 3;
    machine.cpu.s[S.EIP] = CODE;
    machine.run(1);
    expect(machine.guest.events).toMatchObject([{ kind: 'exception', vector: 13, eip: CODE }]);
  });
});
