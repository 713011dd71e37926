import pixelmatch from 'pixelmatch';
import { renderScreen } from '../../../emulator/index.ts';
import type { TextScreen } from '../../../traces/index.ts';
import { encodePng, type Picture } from '../../report/png.ts';
import type { Fact, ScreenRow } from '../fact.ts';
import type { Explanation, Lens } from '../lens.ts';
import { type CellMask, hidesCell } from '../mask-cells.ts';
import { plainExplain } from '../plain-explain.ts';
import type { RunView } from '../run-view.ts';
import { explainRow } from './explain-row.ts';
import { explainPicture, pictureFacts } from './picture-fact.ts';
import { rowText } from './row-text.ts';
import type { CapturedScreen } from './text-observer.ts';

/** Captured screens, row by row: characters, attributes, cursor; and pixels where they aren't those of plain text. */
export const screenLens: Lens = {
  name: 'screen',
  facts: (view) => view.observe().text.screens.flatMap((screen) => screenFacts(view, screen)),
  explain: (expected, actual): Explanation =>
    explainRow(expected, actual) ?? explainPicture(expected, actual) ?? plainExplain(expected, actual),
};

function screenFacts(view: RunView, captured: CapturedScreen): readonly Fact[] {
  const { screen, name } = captured;
  const facts: Fact[] = [];
  for (let index = 0; index < screen.rows; index++) facts.push(rowFact(view, captured, index));
  const where = cursorText(view, captured);
  facts.push({
    lens: 'screen',
    track: `screen ${name}`,
    key: 'cursor',
    value: where,
    text: `screen ${name}: the cursor ${where}`,
    at: { icount: captured.icount, callers: [] },
  });
  return [...facts, ...pictureFacts(captured, cellMasks(view))];
}

function cursorText(view: RunView, { screen, name }: CapturedScreen): string {
  const { cursor, columns } = screen;
  if (cursor === undefined) return 'is hidden';
  const [row, column] = [Math.floor(cursor.cell / columns), cursor.cell % columns];
  if (cellMasks(view).some((mask) => hidesCell(mask, name, row, column))) return 'is in a masked cell';
  return `is at row ${row} column ${column}, lines ${cursor.startLine}-${cursor.endLine}`;
}

function rowFact(view: RunView, captured: CapturedScreen, index: number): Fact {
  const { screen, name, icount } = captured;
  const from = index * screen.columns;
  const to = from + screen.columns;
  const masks = cellMasks(view);
  const row: ScreenRow = {
    screen: name,
    index,
    characters: screen.characters.subarray(from, to),
    attributes: screen.attributes.subarray(from, to),
    isMasked: (column) => masks.some((mask) => hidesCell(mask, name, index, column)),
    stores: view.observe().text.stores,
    storesUsed: captured.storesUsed,
    lastStores: captured.lastStores.slice(from, to),
    placeOf: view.placeOf,
  };
  let value = '';
  for (let i = 0; i < screen.columns; i++) {
    if (!row.isMasked(i)) value += String.fromCharCode(row.characters[i] | (row.attributes[i] << 8));
  }
  const text = `screen ${name} row ${index} reads "${rowText(row.characters)}"`;
  const at = { icount, callers: [] };
  return {
    lens: 'screen',
    track: `screen ${name}`,
    key: `row ${index}`,
    value,
    text,
    at,
    detail: { kind: 'row', row },
  };
}

function cellMasks(view: RunView): readonly CellMask[] {
  return view.masks.filter((mask) => mask.kind === 'cells');
}

/** How many pixels of two rendered screens differ, with PNG files of both and of the difference. */
export interface PixelComparison {
  readonly differing: number;
  readonly expected: Uint8Array;
  readonly actual: Uint8Array;
  readonly difference: Uint8Array;
}

/** Compares two screens pixel by pixel at threshold 0. Pictures of different sizes can't be told apart pixel by pixel: all differ. */
export function comparePixels(expected: TextScreen, actual: TextScreen): PixelComparison {
  return comparePictures(renderScreen(expected), renderScreen(actual));
}

/** As comparePixels, of two pictures. */
export function comparePictures(golden: Picture, current: Picture): PixelComparison {
  const { width, height } = golden;
  const files = { expected: encodePng(golden), actual: encodePng(current) };
  if (current.width !== width || current.height !== height) {
    return { ...files, differing: Math.max(width * height, current.width * current.height), difference: files.actual };
  }
  const rgba = new Uint8Array(width * height * 4);
  // Anti-aliasing must count: every pixel of a text screen is exact.
  const options = { threshold: 0, includeAA: true, alpha: 0.2 };
  const differing = pixelmatch(golden.rgba, current.rgba, rgba, width, height, options);
  return { ...files, differing, difference: encodePng({ width, height, rgba }) };
}
