import { expect, test } from 'vitest';
import { TextPainter } from '../../../harness/live/text-painter.ts';
import type { TextScreen } from '../../../traces/index.ts';

const AREA = { columns: 100, rows: 40 };
const ESCAPE = '\x1b';

function screenOf(text: string, changes: Partial<TextScreen> = {}): TextScreen {
  const characters = new Uint8Array(2000).fill(0x20);
  characters.set(Buffer.from(text, 'latin1'));
  return { columns: 80, rows: 25, characters, attributes: new Uint8Array(2000).fill(7), ...changes };
}

test('the first screen is drawn whole, the same one not again', () => {
  const painter = new TextPainter(true);
  const painted = painter.paint(screenOf('Hi'), AREA);
  const start = ['[0m', '[2J', '[1;1H', '[37;40m'].map((each) => ESCAPE + each).join('');
  expect(painted.startsWith(`${start}Hi${' '.repeat(78)}${ESCAPE}[2;1H`)).toBe(true);
  expect(painter.paint(screenOf('Hi'), AREA)).toBe('');
});

test('of a changed screen only the changed cells are drawn, with their colours', () => {
  const painter = new TextPainter(true);
  painter.paint(screenOf('Hello'), AREA);
  const attributes = new Uint8Array(2000).fill(7);
  attributes[81] = 0x94; // red on bright blue
  expect(painter.paint(screenOf('Hollo', { attributes }), AREA)).toBe(
    '\x1b[1;2H\x1b[37;40mo\x1b[2;2H\x1b[31;104m \x1b[0m\x1b[?25l',
  );
});

test('the cursor is shown where the guest has it, and moving it is a change', () => {
  const painter = new TextPainter(false);
  const cursor = { cell: 165, startLine: 14, endLine: 15 };
  expect(painter.paint(screenOf('', { cursor }), AREA).endsWith('\x1b[3;6H\x1b[?25h')).toBe(true);
  expect(painter.paint(screenOf('', { cursor: { ...cursor, cell: 5 } }), AREA)).toBe('\x1b[1;6H\x1b[?25h');
  expect(painter.paint(screenOf(''), AREA)).toBe('\x1b[?25l');
});

test('no character of video memory is a control character in the terminal', () => {
  const all = String.fromCharCode(...Array.from({ length: 256 }, (_, code) => code));
  const painted = new TextPainter(false).paint(screenOf(all), AREA);
  const text = painted.split(ESCAPE).map((piece) => piece.replace(/^\[(\d+;\d+H|0m|2J|\?25l)/, ''));
  const isControl = (character: string): boolean => character < ' ' || (character >= '\x7f' && character <= '\x9f');
  expect(Array.from(text.join('')).filter(isControl)).toEqual([]);
});

test('a terminal that is too small shows the corner, and a cursor beyond it is hidden', () => {
  const painter = new TextPainter(false);
  const cursor = { cell: 79, startLine: 14, endLine: 15 };
  const painted = painter.paint(screenOf('x'.repeat(80), { cursor }), { columns: 10, rows: 2 });
  expect(painted).toContain(`\x1b[1;1H${'x'.repeat(10)}\x1b[2;1H${' '.repeat(10)}\x1b[0m\x1b[?25l`);
  expect(painted).not.toContain('\x1b[3;');
});

test('after a change of size everything is drawn anew', () => {
  const painter = new TextPainter(false);
  painter.paint(screenOf('Hi'), AREA);
  expect(painter.paint(screenOf('Hi'), { columns: 90, rows: 40 })).toContain('Hi');
});
