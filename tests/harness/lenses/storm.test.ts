import { expect, test } from 'vitest';
import { Storm } from '../../../harness/lenses/events/storm.ts';
import type { TraceEvent } from '../../../traces/index.ts';

const AT = { icount: 1, writes: 0 };

function told(storm: Storm, events: number, event: TraceEvent): number {
  let count = 0;
  for (let i = 0; i < events; i++) if (!storm.hides(event)) count++;
  return count;
}

test('of faults for ever at one instruction the first 65,536 are told of, those of others all the same', () => {
  const storm = new Storm();
  const fault = (eip: number, vector: number): TraceEvent => ({ kind: 'exception', vector, eip, ...AT });
  expect(told(storm, 70_000, fault(0x9000, 13))).toBe(65_536);
  expect(told(storm, 10, fault(0x9000, 14))).toBe(10);
  expect(told(storm, 10, fault(0x9001, 13))).toBe(10);
  expect(told(storm, 10, fault(0x9000, 13))).toBe(0);
});

test('what gilt lacks is told of once, and port writes whenever they come', () => {
  const storm = new Storm();
  expect(told(storm, 9, { kind: 'unhandled', what: 'read of port 0x1f8', eip: 1, ...AT })).toBe(1);
  expect(told(storm, 9, { kind: 'unhandled', what: 'read of port 0x1f9', eip: 1, ...AT })).toBe(1);
  expect(told(storm, 9, { kind: 'port-write', port: 0x20, size: 1, value: 0x20, eip: 1, ...AT })).toBe(9);
});
