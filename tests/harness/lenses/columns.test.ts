import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type LocatedEvent, LocatedEvents } from '../../../harness/lenses/events/located-events.ts';
import { RecordChunk } from '../../../harness/lenses/memory/cells/record-chunk.ts';
import type { ChainNode } from '../../../harness/lenses/state/call-chains.ts';
import { ChainList } from '../../../harness/lenses/state/chain-list.ts';
import { SiteList } from '../../../harness/lenses/state/site-list.ts';

const ROWS = 8;

test('records hold what was put into them, whatever rows have in common, also as plain data', () => {
  const icount = fc.constantFrom(5, 6, 1000, 2 ** 32 + 4, 2 ** 32 + 5, 2 ** 50, 0);
  const few = fc.nat(2);
  const put = fc.record({ row: fc.nat(ROWS - 1), icount, site: few, before: few, nth: few, point: few, name: few });
  fc.assert(
    fc.property(fc.array(put, { minLength: 1, maxLength: 20 }), (puts) => {
      const chunk = RecordChunk.empty(ROWS);
      const last = new Map<number, (typeof puts)[number]>();
      for (const each of puts) {
        chunk.setSpot(each.row, each.icount, each.site);
        chunk.setBefore(each.row, each.before);
        chunk.setNth(each.row, each.nth);
        chunk.setPoint(each.row, each.point);
        chunk.setName(each.row, each.name);
        last.set(each.row, each);
      }
      for (const held of [chunk, new RecordChunk(structuredClone(chunk.columns()))]) {
        for (const [row, each] of last) {
          const { row: _, ...expected } = each;
          const [site, before, nth] = [held.siteOf(row), held.beforeOf(row), held.nthOf(row)];
          const [icount, point, name] = [held.icountOf(row), held.pointOf(row), held.nameOf(row)];
          expect({ icount, site, before, nth, point, name }).toEqual(expected);
        }
      }
    }),
  );
});

test('a site has one number, whatever else was asked for since', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.constantFrom(0, 1, 4096, 4097, 0xffff_ffff), fc.nat(3))), (sites) => {
      const list = new SiteList();
      const numbers = sites.map(([eip, chain]) => list.numberOf(eip, chain));
      for (const again of [list, new SiteList(list.columns())]) {
        expect(sites.map(([eip, chain]) => again.numberOf(eip, chain))).toEqual(numbers);
        expect(numbers.map((number) => [again.eipOf(number), again.chainOf(number)])).toEqual(sites);
      }
    }),
  );
});

test('every kind of event comes back from its columns as it was, with its place', () => {
  const events: readonly LocatedEvent[] = [
    { kind: 'port-write', icount: 2 ** 40, eip: 7, port: 0xffff, size: 4, value: 0xffff_ffff },
    { kind: 'interrupt', icount: 2, eip: 8, vector: 255, irq: 255 },
    { kind: 'interrupt', icount: 3, eip: 9, vector: 0x80 },
    { kind: 'serial-out', icount: 4, port: 3, byte: 0xff },
    { kind: 'debug-out', icount: 5, byte: 10 },
    { kind: 'exception', icount: 6, eip: 10, vector: 14, errorCode: 2, faultLinear: 0xdead_0000 },
    { kind: 'unhandled', icount: 7, eip: 11, what: 'port' },
    { kind: 'step', icount: 8, text: 'waits' },
  ];
  const located = new LocatedEvents();
  // More than one chunk of them.
  for (let round = 0; round < 1000; round++) {
    for (const event of events) located.add(event, 'eip' in event ? event.eip : round, round);
  }
  for (const list of [located, new LocatedEvents(structuredClone(located.columns()))]) {
    expect(list.count).toBe(8000);
    expect(events.map((_, i) => list.at(7992 + i))).toEqual(events);
    expect(list.spotOf(7995)).toEqual({ icount: 4, eip: 999, chain: 999 });
    expect(list.kindOf(7996)).toBe('debug-out');
  }
});

test('call chains keep their numbers and their frames, those of deep recursion, too', () => {
  const frame = (slot: number, parent: ChainNode | undefined, callee: ChainNode['callee']): ChainNode => ({
    slot,
    returnTo: slot + 1,
    callee,
    parent,
    switchedBy: slot % 3 === 0 ? slot : undefined,
    after: slot % 5 === 0 ? { callee: slot + 1, returnTo: slot } : undefined,
  });
  let deep: ChainNode | undefined;
  for (let depth = 0; depth < 20_000; depth++) deep = frame(depth, deep, depth % 2 === 0 ? 'interrupt' : 0x9000);
  const other = frame(5, deep?.parent, 'indirect');
  const list = new ChainList();
  const numbers = [deep, undefined, other].map((chain) => list.numberOf(chain));
  const again = ChainList.of(structuredClone(list.columns()));
  const framesOf = (from: ChainNode | undefined): unknown[] => {
    const frames: unknown[] = [];
    for (let node = from; node !== undefined; node = node.parent) frames.push({ ...node, parent: undefined });
    return frames;
  };
  expect(numbers).toEqual([1, 0, 2]);
  for (const [i, chain] of [deep, undefined, other].entries()) {
    expect(framesOf(again.at(numbers[i]))).toEqual(framesOf(chain));
  }
});
