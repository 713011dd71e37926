import fc from 'fast-check';
import { expect, it } from 'vitest';
import { PitCounter } from '../../../../emulator/devices/clock/pit-8254-counter.ts';

/** Counts stay below 8, so that whatever happens by itself happens within so many clocks. */
const HORIZON_CLOCKS = 20;

type Step =
  | { readonly kind: 'write'; readonly count: number }
  | { readonly kind: 'gate'; readonly isHigh: boolean }
  | { readonly kind: 'wait'; readonly clocks: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  { arbitrary: fc.record({ kind: fc.constant('write' as const), count: fc.integer({ min: 1, max: 7 }) }), weight: 3 },
  { arbitrary: fc.record({ kind: fc.constant('gate' as const), isHigh: fc.boolean() }), weight: 3 },
  { arbitrary: fc.record({ kind: fc.constant('wait' as const), clocks: fc.nat(9) }), weight: 5 },
);

it.each([0, 1, 2, 3, 4, 5])('mode %i: the announced edge is the next clock at which the output changes', (mode) => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const counter = new PitCounter();
      let now = 0;
      counter.writeControl(0x10 | (mode << 1), now);
      for (const one of steps) {
        if (one.kind === 'write') counter.write(one.count, now);
        else if (one.kind === 'gate') counter.setGate(one.isHigh, now);
        else now += one.clocks;
        expect(counter.nextEdge(now)).toBe(firstChange(counter, now));
      }
    }),
    { numRuns: 300 },
  );
});

it('a restart by the gate begins with the high half, also after a reload in the middle of a period', () => {
  const counter = new PitCounter();
  counter.writeControl(0x16, 0);
  counter.write(4, 0);
  counter.write(3, 2); // loaded at clock 3, where the low half begins
  counter.setGate(false, 4);
  counter.setGate(true, 5);
  expect(counter.nextEdge(5)).toBe(8); // loaded at 6, two clocks high
});

/** Watches a copy of the counter clock by clock. */
function firstChange(original: PitCounter, now: number): number | undefined {
  const counter = new PitCounter();
  counter.fields = { ...original.fields };
  const output = counter.output(now);
  for (let clock = now + 1; clock <= now + HORIZON_CLOCKS; clock++) {
    if (counter.output(clock) !== output) return clock;
  }
  return undefined;
}
