import { decode } from 'fast-png';
import { expect, test } from 'vitest';
import { compareTraces } from '../../../harness/compare/index.ts';
import { comparePixels, LENSES, makeRunView, type ViewConfig } from '../../../harness/lenses/index.ts';
import { SyntheticRun } from './synthetic-run.ts';

const SYMBOLS = [{ name: 'print', start: 0x9000, sizeBytes: 32, kind: 'function' }] as const;

function screenOf(text: string, attribute = 15, config: ViewConfig = {}) {
  const run = new SyntheticRun(SYMBOLS);
  run.draw('print', 3, 0, text, attribute);
  run.capture('end');
  return makeRunView(run.stop(), config);
}

function textScreen(text: string) {
  const characters = new Uint8Array(2000).fill(32);
  for (const [i, each] of [...text].entries()) characters[i] = each.charCodeAt(0);
  return { columns: 80, rows: 25, characters, attributes: new Uint8Array(2000).fill(7) };
}

test('each row is a fact and the cursor is one', () => {
  const facts = LENSES.screen.facts(screenOf('Hi'), 'behaviour');
  expect(facts).toHaveLength(26);
  expect(facts[3].text).toBe('screen end row 3 reads "Hi"');
  expect(facts[25].text).toBe('screen end: the cursor is hidden');
});

test('masked cells may differ', () => {
  const masks = [{ kind: 'cells', rows: [3, 3], columns: [5, 9], reason: 'a clock' }] as const;
  expect(compareTraces(screenOf('time 12:01', 15, { masks }), screenOf('time 12:02', 15, { masks })).kind).toBe('same');
  expect(compareTraces(screenOf('time 12:01', 15, { masks }), screenOf('tide 12:01', 15, { masks })).kind).toBe(
    'differs',
  );
});

test('a mask of cells says how many it hid that are not blank, and how many of them differ', () => {
  const masks = [
    { kind: 'cells', rows: [3, 4], columns: [5, 20], reason: 'a clock' },
    { kind: 'cells', rows: [10, 12], columns: [0, 79], reason: 'a blank part' },
    { kind: 'cells', screen: 'other', rows: [3, 3], columns: [0, 79], reason: 'another screen' },
  ] as const;
  const verdict = compareTraces(screenOf('time 12:01', 15, { masks }), screenOf('time 12:52', 15, { masks }));
  expect(verdict.masked.map(({ hidden, differing }) => [hidden, differing])).toEqual([
    [5, 2],
    [0, 0],
    [0, 0],
  ]);
});

test('where the cursor stands inside masked cells does not matter', () => {
  const at = (cell: number) => {
    const run = new SyntheticRun(SYMBOLS);
    run.event({
      kind: 'screen',
      name: 'end',
      screen: { ...textScreen(''), cursor: { cell, startLine: 14, endLine: 15 } },
    });
    return makeRunView(run.stop(), { masks: [{ kind: 'cells', rows: [0, 0], columns: [0, 9], reason: 'a clock' }] });
  };
  expect(compareTraces(at(3), at(7)).kind).toBe('same');
  expect(compareTraces(at(3), at(12)).kind).toBe('differs');
});

test('rows that one wrong store explains are one cause', () => {
  const draw = (first: string) => {
    const run = new SyntheticRun(SYMBOLS);
    run.draw('print', 0, 0, first);
    for (let row = 1; row < 5; row++) run.draw('print', row, 0, first);
    run.capture('end');
    return makeRunView(run.stop());
  };
  const verdict = compareTraces(draw('right'), draw('wrong'));
  if (verdict.kind === 'same') throw new Error('judged the same');
  expect(verdict.causes).toHaveLength(1);
  expect(verdict.causes[0].followers).toBe(4);
});

test('pictures of equal screens have no differing pixel, and one character differs in some', () => {
  const same = comparePixels(textScreen('Hi'), textScreen('Hi'));
  expect(same.differing).toBe(0);
  const other = comparePixels(textScreen('Hi'), textScreen('Ho'));
  expect(other.differing).toBeGreaterThan(0);
  expect(other.differing).toBeLessThan(9 * 16);
});

test('the three pictures are PNG files of the size of the screen', () => {
  const { expected, actual, difference } = comparePixels(textScreen('A'), textScreen('B'));
  for (const file of [expected, actual, difference])
    expect(decode(file)).toMatchObject({ width: 720, height: 400, channels: 3 });
});
