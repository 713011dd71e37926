import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { EngineName } from '../../../emulator/engine/engine.ts';
import { BareMachine, CODE, ENGINES } from './bare-machine.ts';

const TABLE = 0x101000;
const CODE_COPY = 0x11000;
const CODE_PAGE = CODE >>> 12;
const PAGES = [0x50, 0x51, 0x52];

const dword = (value: number) => [value & 0xff, (value >> 8) & 0xff, (value >> 16) & 0xff, (value >>> 24) & 0xff];
const map = (page: number, entry: number) => [0xc7, 0x05, ...dword(TABLE + page * 4), ...dword(entry)]; // MOV [..], imm
const load = (page: number) => [0xa1, ...dword(page << 12)]; // MOV EAX, [..]
const store = (page: number) => [0xa3, ...dword(page << 12)]; // MOV [..], EAX
const invalidate = (page: number) => [0x0f, 0x01, 0x3d, ...dword(page << 12)]; // INVLPG [..]
const FLUSH = [0x0f, 0x20, 0xd8, 0x0f, 0x22, 0xd8]; // MOV EAX, CR3; MOV CR3, EAX

const page = fc.constantFrom(...PAGES);
const instruction = fc.oneof(
  fc.tuple(page, page).map(([at, frame]) => map(at, (frame << 12) | 7)),
  fc.constantFrom(CODE_PAGE, CODE_COPY >>> 12).map((frame) => map(CODE_PAGE, (frame << 12) | 7)),
  page.map(load),
  page.map(store),
  page.map(invalidate),
  fc.constant(invalidate(CODE_PAGE)),
  fc.constant(FLUSH),
);

/** What an engine observes and writes of a program that lies on two frames, so that its own page may be mapped anew. */
function run(engine: EngineName, instructions: readonly (readonly number[])[]) {
  const machine = new BareMachine(engine, instructions.flat());
  machine.put(CODE_COPY, instructions.flat());
  const { guest } = machine;
  guest.enablePaging();
  machine.run(instructions.length + instructions.filter((each) => each === FLUSH).length);
  return { events: guest.events, writes: guest.recorded(), eip: machine.eip, eax: machine.eax };
}

test('both engines tell of the same stale translations, of data and of code', () => {
  let told = 0;
  fc.assert(
    fc.property(fc.array(instruction, { minLength: 10, maxLength: 60 }), (instructions) => {
      const [oracle, forms] = ENGINES.map((engine) => run(engine, instructions));
      expect(forms).toEqual(oracle);
      told += oracle.events.filter(({ kind }) => kind === 'stale-translation').length;
    }),
    { numRuns: 25 },
  );
  expect(told).toBeGreaterThan(0);
});

test.each(ENGINES)(
  'the %s engine tells of an instruction fetched from a page that is mapped elsewhere now',
  (engine) => {
    const { events } = run(engine, [map(CODE_PAGE, CODE_COPY | 7), load(0x50), load(0x51)]);
    const [linear, walked] = [CODE + 10, CODE_COPY + 10];
    expect(events).toEqual([
      { kind: 'stale-translation', access: 'read', linear, physical: linear, walked, eip: linear },
    ]);
  },
);
