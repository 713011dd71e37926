import fc from 'fast-check';
import { expect, test } from 'vitest';
import * as S from '../../../../emulator/cpu/state.ts';
import { isAgainAt, isBefore, SCRATCH_SLOTS, takeMoment } from '../../../../emulator/machine/idle/moment.ts';
import { Guest } from '../../cpu/guest.ts';

test('a moment comes again when every slot but the scratch ones is as it was', () => {
  const { cpu } = Guest.protected();
  const moment = takeMoment(cpu);
  expect(isAgainAt(moment, cpu)).toBe(true);
  fc.assert(
    fc.property(fc.nat(cpu.s.length - 1), fc.nat(31), (slot, bit) => {
      fc.pre(slot !== S.LAZY_KIND);
      cpu.s[slot] ^= 1 << bit;
      const isSame = isAgainAt(moment, cpu);
      cpu.s[slot] ^= 1 << bit;
      expect(isSame).toBe(SCRATCH_SLOTS.includes(slot));
    }),
    { numRuns: 1000 },
  );
});

test('flags that wait to be computed count as what they will be', () => {
  const { cpu } = Guest.protected();
  cpu.s[S.EFLAGS] |= 0x40; // ZF
  const moment = takeMoment(cpu);
  cpu.s[S.EFLAGS] ^= 0x40;
  expect(isAgainAt(moment, cpu)).toBe(false);
});

test('no moment comes again while interrupts wait for an instruction', () => {
  const { cpu } = Guest.protected();
  const moment = takeMoment(cpu);
  cpu.f[S.F_INHIBIT] = cpu.f[S.F_ICOUNT];
  expect(isAgainAt(moment, cpu)).toBe(false);
  const inhibited = takeMoment(cpu);
  cpu.f[S.F_INHIBIT] = -1;
  expect(isAgainAt(inhibited, cpu)).toBe(false);
  expect([isBefore(inhibited, moment), isBefore(moment, inhibited)]).toEqual([false, false]);
});

test('of two moments the one with the lower EIP comes first, then the one with the lower registers', () => {
  const { cpu } = Guest.protected();
  cpu.s[S.EIP] = 0x7fffffff;
  const low = takeMoment(cpu);
  cpu.s[S.EIP] = -1;
  const high = takeMoment(cpu);
  cpu.s[S.ECX]++;
  const later = takeMoment(cpu);
  expect([isBefore(low, high), isBefore(high, low), isBefore(high, later), isBefore(later, high)]).toEqual([
    true,
    false,
    true,
    false,
  ]);
});
