import { expect, test } from 'vitest';
import type { Cpu, CpuEvent } from '../../../../emulator/cpu/cpu.ts';
import { InterruptedPrograms } from '../../../../emulator/cpu/interrupts/interrupted-programs.ts';
import * as S from '../../../../emulator/cpu/state.ts';

/** As much of a processor as is looked at. */
function processor() {
  const events: CpuEvent[] = [];
  const s = S.createState().i32;
  const pins = { observe: (event: CpuEvent) => events.push(event) };
  const cpu = { s, pins, isProtected: true, isV86: false, pc: 0x9000 } as unknown as Cpu;
  s[S.EIP] = 0x9000;
  s[S.ESP] = 0x8000;
  s[S.EBX] = 5;
  return { cpu, s, events };
}

test('a program that goes on with the registers it had is no event', () => {
  const { cpu, s, events } = processor();
  const programs = new InterruptedPrograms();
  programs.interrupt(cpu);
  s[S.EIP] = 0xa000;
  programs.resume(cpu, 0xa100);
  s[S.EIP] = 0x9000;
  programs.resume(cpu, 0xa100);
  expect(events).toEqual([]);
});

test('registers that come back changed are told of once, by name, with both values', () => {
  const { cpu, s, events } = processor();
  const programs = new InterruptedPrograms();
  programs.interrupt(cpu);
  s[S.EBX] = 6;
  programs.resume(cpu, 0xa100);
  programs.resume(cpu, 0xa100);
  const changes = [{ register: 'ebx', saved: 5, restored: 6 }];
  expect(events).toEqual([{ kind: 'context-changed', eip: 0xa100, resumedEip: 0x9000, changes }]);
});

test('another stack or address space is another program', () => {
  const { cpu, s, events } = processor();
  const programs = new InterruptedPrograms();
  programs.interrupt(cpu);
  s[S.EBX] = 6;
  s[S.CR3] = 0x1000;
  programs.resume(cpu, 0xa100);
  s[S.CR3] = 0;
  s[S.ESP] = 0x7000;
  programs.resume(cpu, 0xa100);
  expect(events).toEqual([]);
});

test('what was saved is known after a load', () => {
  const { cpu, s, events } = processor();
  const programs = new InterruptedPrograms();
  programs.interrupt(cpu);
  const other = new InterruptedPrograms();
  other.load(programs.save());
  s[S.EBX] = 6;
  other.resume(cpu, 0xa100);
  expect(events).toHaveLength(1);
});
