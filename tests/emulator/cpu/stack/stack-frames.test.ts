import { describe, expect, it } from 'vitest';
import { VECTOR_PF, VECTOR_SS } from '../../../../emulator/cpu/constants.ts';
import * as S from '../../../../emulator/cpu/state.ts';
import { Guest, SPARE } from '../guest.ts';

const PUSHED = [0xe0, 0xe1, 0xe2, 0xe3, 0x9000, 0xe5, 0xe6, 0xe7];

function guestWithRegisters(): Guest {
  const guest = Guest.protected();
  guest.cpu.s.set(PUSHED, S.EAX);
  return guest;
}

describe('PUSHA and POPA', () => {
  it('PUSHA stores EAX first and the ESP of before', () => {
    const guest = guestWithRegisters();
    guest.call('pushAll', 4);
    expect(guest.cpu.s[S.ESP]).toBe(0x8fe0);
    expect(guest.stack(8)).toEqual([...PUSHED].reverse());
  });

  it('POPA brings all back but ESP, which only moves', () => {
    const guest = guestWithRegisters();
    guest.call('pushAll', 4);
    guest.poke(guest.cpu.s[S.ESP] + 12, 4, 0xdead);
    guest.cpu.s.fill(0, S.EAX, S.ESP);
    guest.call('popAll', 4);
    expect([...guest.cpu.s.subarray(S.EAX, S.EDI + 1)]).toEqual(PUSHED);
  });

  it('16-bit POPA changes low halves only', () => {
    const guest = guestWithRegisters();
    guest.call('pushAll', 2);
    expect(guest.cpu.s[S.ESP]).toBe(0x8ff0);
    guest.cpu.s[S.EAX] = 0x12340000;
    guest.call('popAll', 2);
    expect(guest.cpu.s[S.EAX]).toBe(0x123400e0);
  });

  it('PUSHA across an absent page changes nothing', () => {
    const guest = guestWithRegisters();
    guest.enablePaging([0x8000]);
    guest.cpu.s[S.ESP] = 0x9010;
    const before = guest.architecture();
    guest.call('pushAll', 4);
    expect(guest.fault()).toEqual({ vector: VECTOR_PF, code: 2 });
    expect(guest.architecture()).toEqual(before);
    expect(guest.recorded().filter(({ origin }) => origin === 'instruction')).toEqual([]);
  });

  it('POPA beyond the stack limit raises #SS(0) and loads nothing', () => {
    const guest = guestWithRegisters();
    guest.segment(SPARE, { access: 0x93, limit: 0x900f, flags: 4 });
    guest.call('loadSegment', S.SS, SPARE);
    const before = guest.architecture();
    guest.call('popAll', 4);
    expect(guest.fault()).toEqual({ vector: VECTOR_SS, code: 0 });
    expect(guest.architecture()).toEqual(before);
  });

  it('a 16-bit stack wraps at 64 KiB', () => {
    const guest = new Guest();
    guest.cpu.s[S.ESP] = 8;
    guest.call('pushAll', 2);
    expect(guest.cpu.s[S.ESP]).toBe(0xfff8);
    guest.call('popAll', 2);
    expect(guest.cpu.s[S.ESP]).toBe(8);
  });
});

describe('ENTER', () => {
  it('level 0 saves EBP and makes room', () => {
    const guest = guestWithRegisters();
    guest.call('enter', 0x20, 0, 4);
    expect([guest.cpu.s[S.EBP], guest.cpu.s[S.ESP], guest.peek(0x8ffc)]).toEqual([0x8ffc, 0x8fdc, 0xe5]);
  });

  it('level 3 copies two enclosing frame pointers and adds its own', () => {
    const guest = guestWithRegisters();
    guest.cpu.s[S.EBP] = 0xa000;
    guest.poke(0x9ffc, 4, 0x1111);
    guest.poke(0x9ff8, 4, 0x2222);
    guest.call('enter', 8, 3, 4);
    expect(guest.cpu.s[S.EBP]).toBe(0x8ffc);
    expect(guest.cpu.s[S.ESP]).toBe(0x8fe8);
    expect([0x8ffc, 0x8ff8, 0x8ff4, 0x8ff0].map((linear) => guest.peek(linear))).toEqual([
      0xa000, 0x1111, 0x2222, 0x8ffc,
    ]);
  });

  it('a final stack top on an absent page raises #PF with nothing changed', () => {
    const guest = guestWithRegisters();
    guest.enablePaging([0x7000]);
    const before = guest.architecture();
    guest.call('enter', 0x1800, 0, 4);
    expect(guest.fault()).toEqual({ vector: VECTOR_PF, code: 2 });
    expect(guest.architecture()).toEqual(before);
  });
});
