import fc from 'fast-check';
import { expect, it } from 'vitest';
import * as S from '../../../emulator/cpu/state.ts';
import type { HelperName } from '../../../emulator/isa/helper-names.ts';
import { GDT, Guest, IDT, LDT, LOCAL_TABLE } from './guest.ts';

const SELECTOR_COUNT = 12;
const HARMLESS = new Set(['page-walk', 'descriptor']);

const selector = fc.record({ index: fc.nat(SELECTOR_COUNT), local: fc.nat(9), rpl: fc.nat(3) });
const asNumber = ({ index, local, rpl }: SelectorSeed) => (index << 3) | (local === 0 ? 4 : 0) | rpl;

// No TSS among them: a task switch may fault in the new task.
const access = fc.nat(255).filter((byte) => (byte & 0x15) !== 1 && (byte & 0x1f) !== 5);
interface SelectorSeed {
  readonly index: number;
  readonly local: number;
  readonly rpl: number;
}
interface DescriptorSeed {
  readonly access: number;
  readonly limit: number;
  readonly flags: number;
  readonly target: SelectorSeed;
}
const descriptors: fc.Arbitrary<DescriptorSeed[]> = fc.array(
  fc.record({ access, limit: fc.constantFrom(0xfffff, 0xff, 0), flags: fc.constantFrom(0xc, 4, 0), target: selector }),
  { minLength: SELECTOR_COUNT, maxLength: SELECTOR_COUNT },
);
const operations: readonly HelperName[] = [
  'jumpFar',
  'callFar',
  'returnFar',
  'interrupt',
  'interruptReturn',
  'loadSegment',
];

function buildGuest(table: readonly DescriptorSeed[], level: 0 | 3, absent: number[]): Guest {
  const guest = Guest.protected();
  for (const [i, { access: byte, limit, flags, target }] of table.entries()) {
    const isGate = (byte & 0x14) === 4;
    const write = (at: number) =>
      isGate
        ? guest.gate(at + i * 8, { access: byte, selector: asNumber(target), offset: limit, items: flags })
        : guest.segment(i * 8, { access: byte, limit, flags }, at);
    if (i !== LOCAL_TABLE >> 3 && i > 4) write(GDT);
    write(LDT);
    write(IDT);
  }
  guest.call('loadLocalTable', LOCAL_TABLE);
  guest.enablePaging(absent);
  guest.runAt(level);
  return guest;
}

it('a far transfer that faults has changed no register and written nothing but accessed bits', () => {
  let faults = 0;
  fc.assert(
    fc.property(
      descriptors,
      fc.constantFrom<0 | 3>(0, 3),
      fc.array(fc.constantFrom(0x1000, 0x5000, 0x7000, 0x8000, 0x9000), { maxLength: 1 }),
      fc.constantFrom(...operations),
      fc.array(selector, { minLength: 8, maxLength: 8 }),
      fc.constantFrom(2, 4),
      (table, level, absent, name, selectors, bytes) => {
        const guest = buildGuest(table, level, absent);
        selectors.forEach((item, i) => {
          guest.poke(0x8ffc + i * 4, 4, i % 3 === 2 ? 2 : asNumber(item));
        });
        guest.cpu.s[S.ESP] = 0x8ffc;
        const target = asNumber(selectors[0]);
        const args: Record<string, number[]> = {
          jumpFar: [target, 0x40, bytes, 0x10007],
          callFar: [target, 0x40, bytes, 0x10007],
          returnFar: [bytes, 0],
          interrupt: [selectors[0].index, 0x10002, 0],
          interruptReturn: [bytes, 0x10001],
          loadSegment: [[S.ES, S.SS, S.DS, S.FS, S.GS][selectors[1].index % 5], target],
        };
        const before = guest.architecture();
        guest.call(name, ...args[name]);
        if (guest.fault() === undefined) return;
        faults++;
        expect(guest.architecture()).toEqual(before);
        expect(guest.recorded().filter(({ origin }) => !HARMLESS.has(origin))).toEqual([]);
      },
    ),
    { numRuns: 300 },
  );
  expect(faults).toBeGreaterThan(50);
});
