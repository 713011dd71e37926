import { expect, test } from 'vitest';
import { explainPicture, pictureFacts } from '../../../harness/lenses/screen/picture-fact.ts';
import type { CapturedScreen } from '../../../harness/lenses/screen/text-observer.ts';

const [WIDTH, HEIGHT] = [16, 32];

type Pixel = readonly [x: number, y: number];

/** A black picture of a graphics mode with white pixels. */
function drawn(...pixels: readonly Pixel[]): CapturedScreen {
  const rgb = new Uint8Array(WIDTH * HEIGHT * 3);
  for (const [x, y] of pixels) rgb.fill(0xff, (y * WIDTH + x) * 3, (y * WIDTH + x) * 3 + 3);
  const nothing = new Uint8Array(0);
  const picture = { width: WIDTH, height: HEIGHT, rgb };
  const screen = { columns: 0, rows: 0, characters: nothing, attributes: nothing, picture };
  return { name: 'drawn', icount: 7, screen, storesUsed: 0, lastStores: [] };
}

const MASK = { kind: 'cells', rows: [1, 1], columns: [0, 0], reason: 'the clock' } as const;

test('two pictures are the same fact if and only if all their pixels are', () => {
  const [fact] = pictureFacts(drawn([3, 4]), []);
  expect(fact.value).toBe(pictureFacts(drawn([3, 4]), [])[0].value);
  expect(fact.value).not.toBe(pictureFacts(drawn([4, 4]), [])[0].value);
  expect(fact.text).toBe('screen drawn shows a picture of 16x32 pixels');
});

test('a screen without a picture has no such fact', () => {
  const { screen, ...rest } = drawn();
  const { picture: _, ...cells } = screen;
  expect(pictureFacts({ ...rest, screen: cells }, [])).toEqual([]);
});

test('the difference is told in pixels and where they are', () => {
  const [golden] = pictureFacts(drawn([3, 4]), []);
  const [actual] = pictureFacts(drawn([3, 4], [5, 6], [9, 20]), []);
  expect(explainPicture(golden, actual)?.text).toBe('screen drawn: 2 of 512 pixels differ, columns 5-9, lines 6-20');
});

test('a mask of cells hides 8x16 pixels each where there is no text', () => {
  const value = (...pixels: readonly Pixel[]) => pictureFacts(drawn(...pixels), [MASK])[0].value;
  expect(value([7, 16], [0, 31])).toBe(value());
  expect(value([8, 16])).not.toBe(value());
  expect(value([7, 15])).not.toBe(value());
});
