import { describe, expect, test } from 'vitest';
import { recorded, runGuest } from '../../guests/mechanisms/run-guest.ts';

/** Lines that neither QEMU nor Bochs gives, by how they begin, with the reason. */
const DEPARTURES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  debug: {
    'registers with all bits set':
      'bits 11, 12, 14 and 15 of DR7 and bit 12 of DR6 are reserved: SDM vol. 3B, 17.2.3 and 17.2.4',
    'breakpoint in REP MOVSB': 'RF is pushed as 1 between iterations: SDM vol. 3B, 17.3.1.1',
    'single step over REP STOSB': 'RF is pushed as 1 between iterations: SDM vol. 3B, 17.3.1.1',
    'general detect {': 'a fault, so RF is pushed as 1: SDM vol. 3B, 17.3.1.1 and 17.3.1.3',
  },
  floats: {
    'CR0.NE = 0: IRQ 13':
      'the instruction waits for the interrupt and runs after it, Bochs runs it first: SDM vol. 1, D.2.1.2',
  },
  'floats-real': {},
  gates: {
    "the gate of #GP isn't present": 'a double fault is an abort, which pushes RF as it is: SDM vol. 3B, 17.3.1.1',
  },
  pae: {},
  paging: {},
  system: {},
  timer: {
    'mode 2: a new count waits': 'the others load it at once: 8254 data sheet, "Mode 2"',
    'modes 6 and 7': 'the others show the bit that the data sheet leaves out of the mode: "Control word format"',
  },
};

describe.each(Object.keys(DEPARTURES))('the guest %s', (name) => {
  const lines = runGuest(name, 'oracle');

  test('says what QEMU or Bochs says, but for the departures listed', () => {
    const [qemu, bochs] = [recorded(name, 'qemu'), recorded(name, 'bochs')];
    expect(lines.length).toBe(bochs.length); // QEMU may lose its way
    const departing = lines.filter((line, i) => line !== qemu[i] && line !== bochs[i]);
    const reasons = Object.keys(DEPARTURES[name]);
    const unexplained = departing.filter((line) => !reasons.some((start) => line.startsWith(start)));
    expect(unexplained).toEqual([]);
    expect(departing.length, 'departures that are none any more').toBe(reasons.length);
  });

  test.each(['forms', 'blocks'] as const)('says the same with the %s engine', (engine) => {
    expect(runGuest(name, engine)).toEqual(lines);
  });
});
