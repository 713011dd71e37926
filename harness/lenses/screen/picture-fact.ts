import { createHash } from 'node:crypto';
import type { ScreenPicture } from '../../../traces/index.ts';
import type { Fact } from '../fact.ts';
import type { Explanation } from '../lens.ts';
import { type CellMask, hidesCell } from '../mask-cells.ts';
import type { CapturedScreen } from './text-observer.ts';

/** Masks count cells; where a picture has none, a cell is as large as the BIOS draws characters in 480 lines. */
const CELL_WITHOUT_TEXT = { width: 8, height: 16 };

/** The pixels of a screen that isn't plain text, those of masked cells black. */
export function pictureFacts({ screen, name, icount }: CapturedScreen, masks: readonly CellMask[]): readonly Fact[] {
  const { picture, columns, rows } = screen;
  if (picture === undefined) return [];
  const { width, height } = picture;
  const cell = columns === 0 ? CELL_WITHOUT_TEXT : { width: width / columns, height: height / rows };
  const shown = masks.length === 0 ? picture : hidden(picture, (x, y) => isHidden(masks, name, cell, x, y));
  const digest = createHash('sha256').update(shown.rgb).digest('hex');
  return [
    {
      lens: 'screen',
      track: `screen ${name}`,
      key: 'picture',
      value: `${width}x${height} ${digest}`,
      text: `screen ${name} shows a picture of ${width}x${height} pixels`,
      at: { icount, callers: [] },
      detail: { kind: 'picture', screen: name, picture: shown },
    },
  ];
}

function isHidden(
  masks: readonly CellMask[],
  name: string,
  cell: { width: number; height: number },
  x: number,
  y: number,
) {
  return masks.some((mask) => hidesCell(mask, name, Math.floor(y / cell.height), Math.floor(x / cell.width)));
}

function hidden(picture: ScreenPicture, isHiddenAt: (x: number, y: number) => boolean): ScreenPicture {
  const { width, height, rgb } = picture;
  const shown = rgb.slice();
  for (let pixel = 0; pixel < width * height; pixel++) {
    if (isHiddenAt(pixel % width, Math.floor(pixel / width))) shown.fill(0, pixel * 3, pixel * 3 + 3);
  }
  return { width, height, rgb: shown };
}

/** How many pixels differ and where; undefined when the facts aren't pictures. */
export function explainPicture(expected: Fact, actual: Fact): Explanation | undefined {
  if (expected.detail?.kind !== 'picture' || actual.detail?.kind !== 'picture') return undefined;
  const [golden, current] = [expected.detail.picture, actual.detail.picture];
  const where = `screen ${actual.detail.screen}`;
  const size = `${current.width}x${current.height}`;
  const goldenSize = `${golden.width}x${golden.height}`;
  const text =
    size === goldenSize
      ? `${where}: ${differenceText(golden, current)}`
      : `${where} shows a picture of ${size} pixels, golden ${goldenSize}`;
  return { text, change: 'picture', at: actual.at };
}

function differenceText(golden: ScreenPicture, current: ScreenPicture): string {
  const { width, height } = current;
  let count = 0;
  let [left, top, right, bottom] = [width, height, 0, 0];
  for (let pixel = 0; pixel < width * height; pixel++) {
    const at = pixel * 3;
    if ([at, at + 1, at + 2].every((i) => golden.rgb[i] === current.rgb[i])) continue;
    const [x, y] = [pixel % width, Math.floor(pixel / width)];
    count++;
    [left, top] = [Math.min(left, x), Math.min(top, y)];
    [right, bottom] = [Math.max(right, x), Math.max(bottom, y)];
  }
  return `${count} of ${width * height} pixels differ, columns ${left}-${right}, lines ${top}-${bottom}`;
}
