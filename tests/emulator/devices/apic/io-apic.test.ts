import { expect, test } from 'vitest';
import { IO_APIC_BASE, IoApic } from '../../../../emulator/devices/apic/io-apic.ts';

function setUp() {
  const high = new Set<number>();
  const sent: string[] = [];
  const apic = new IoApic({
    isHigh: (input) => high.has(input),
    onMessage: ({ destination, isLogical, vector, isLevel }) =>
      sent.push(`${vector.toString(16)} to ${destination}${isLogical ? ' logical' : ''}${isLevel ? ' level' : ''}`),
  });
  const claim = apic.claim();
  const write = (index: number, value: number) => {
    claim.write(IO_APIC_BASE, 4, index);
    claim.write(IO_APIC_BASE + 0x10, 4, value);
  };
  const read = (index: number) => {
    claim.write(IO_APIC_BASE, 4, index);
    return claim.read(IO_APIC_BASE + 0x10, 4);
  };
  const set = (input: number, isHigh: boolean) => {
    if (isHigh) high.add(input);
    else high.delete(input);
    apic.noteInput(input);
  };
  return { apic, claim, sent, write, read, set };
}

test('an edge is sent once each time it rises, and not while it is masked', () => {
  const { sent, write, set } = setUp();
  set(4, true);
  write(0x18, 0x0834);
  write(0x19, 0x0300_0000);
  expect(sent).toEqual([]);
  set(4, false);
  set(4, true);
  set(4, false);
  write(0x18, 0x1_0834);
  set(4, true);
  expect(sent).toEqual(['34 to 3 logical']);
});

test('a level is sent until it falls, once for each end of interrupt', () => {
  const { apic, claim, sent, write, read, set } = setUp();
  write(0x24, 0x8055);
  set(10, true);
  expect([sent.length, read(0x24)]).toEqual([1, 0xc055]);
  apic.endOfInterrupt(0x54);
  expect(sent.length).toBe(1);
  apic.endOfInterrupt(0x55);
  expect([sent.length, read(0x24)]).toEqual([2, 0xc055]);
  set(10, false);
  claim.write(IO_APIC_BASE + 0x40, 4, 0x55);
  expect([sent.length, read(0x24)]).toEqual([2, 0x8055]);
});

test('a level that waits behind a mask is sent when the mask goes, and remote IRR when it becomes an edge', () => {
  const { sent, write, read, set } = setUp();
  write(0x24, 0x1_8055);
  set(10, true);
  expect(sent).toEqual([]);
  write(0x24, 0x8055);
  expect([sent.length, read(0x24)]).toEqual([1, 0xc055]);
  write(0x24, 0x0055);
  expect(read(0x24)).toBe(0x0055);
});

test('other deliveries than fixed and lowest priority go nowhere', () => {
  const { sent, write, set } = setUp();
  for (const [turn, mode] of [1, 2, 4, 5, 7].entries()) {
    write(0x10 + turn * 2, (mode << 8) | 0x40);
    set(turn, true);
  }
  expect(sent).toEqual(['40 to 0']);
});

test('identification, version and inputs beyond the last', () => {
  const { write, read, claim } = setUp();
  write(0, 0xff00_0000);
  write(1, 0);
  write(0x40, 7);
  expect([read(0), read(2), read(1), read(0x3f), read(0x40)]).toEqual([0x0f00_0000, 0x0f00_0000, 0x0017_0020, 0, 0]);
  expect([claim.read(IO_APIC_BASE, 1), claim.read(IO_APIC_BASE + 0x20, 4)]).toEqual([0x40, 0]);
});
