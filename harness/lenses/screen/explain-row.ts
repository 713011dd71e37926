import type { Fact, ScreenRow, TextStore } from '../fact.ts';
import type { Explanation } from '../lens.ts';
import { inPlace, isSamePlace } from '../names/place-text.ts';
import { rowText } from './row-text.ts';

/** Which cells of a screen row differ and who drew them; undefined when the facts aren't rows. */
export function explainRow(expected: Fact, actual: Fact): Explanation | undefined {
  if (expected.detail?.kind !== 'row' || actual.detail?.kind !== 'row') return undefined;
  const golden = expected.detail.row;
  const current = actual.detail.row;
  const columns = differingColumns(golden, current);
  const [first] = columns;
  if (first === undefined) return undefined;
  const culprit = firstDifferentStore(golden, current);
  const goldenStore = culprit?.expected ?? golden.lastStores[first];
  const store = culprit?.actual ?? current.lastStores[first];
  const goldenAt = goldenStore && golden.placeOf(goldenStore);
  const at = store === undefined ? actual.at : current.placeOf(store);
  const where = `screen ${current.screen} row ${current.index} ${columnsText(columns)}`;
  return {
    text: `${where} ${contentText(golden, current, columns)}; ${storyOf(golden, current, goldenStore, store, culprit !== undefined)}`,
    change: culprit === undefined ? `row ${current.index}` : `store ${culprit.index}`,
    at,
    ...(goldenAt === undefined ? {} : { goldenAt }),
  };
}

function columnsText(columns: readonly number[]): string {
  const last = columns[columns.length - 1];
  return columns[0] === last ? `column ${last}` : `columns ${columns[0]}-${last}`;
}

function differingColumns(golden: ScreenRow, current: ScreenRow): readonly number[] {
  const columns: number[] = [];
  for (let i = 0; i < Math.max(golden.characters.length, current.characters.length); i++) {
    if (current.isMasked(i)) continue;
    const isSame = golden.characters[i] === current.characters[i] && golden.attributes[i] === current.attributes[i];
    if (!isSame) columns.push(i);
  }
  return columns;
}

function contentText(golden: ScreenRow, current: ScreenRow, columns: readonly number[]): string {
  const [first] = columns;
  const [text, goldenText] = [rowText(current.characters), rowText(golden.characters)];
  if (text !== goldenText) return `reads "${text}", golden "${goldenText}"`;
  const isEverywhereTheSame = columns.every((each) => current.attributes[each] === current.attributes[first]);
  const attribute = `${attributeText(current.attributes[first])}${isEverywhereTheSame ? '' : ' and others'}`;
  return `has attribute ${attribute}, golden ${attributeText(golden.attributes[first])} ("${text}")`;
}

function attributeText(attribute: number | undefined): string {
  return attribute === undefined ? 'none' : `0x${attribute.toString(16).padStart(2, '0')}`;
}

interface Culprit {
  readonly index: number;
  readonly expected: TextStore | undefined;
  readonly actual: TextStore | undefined;
}

// Scrolling moves what an earlier store got wrong, so who stored a cell last often isn't who erred.
function firstDifferentStore(golden: ScreenRow, current: ScreenRow): Culprit | undefined {
  const count = Math.max(golden.storesUsed, current.storesUsed);
  for (let index = 0; index < count; index++) {
    const expected = index < golden.storesUsed ? golden.stores[index] : undefined;
    const actual = index < current.storesUsed ? current.stores[index] : undefined;
    if (!isSameStore(expected, actual)) return { index, expected, actual };
  }
  return undefined;
}

function isSameStore(a: TextStore | undefined, b: TextStore | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return a.offset === b.offset && a.size === b.size && a.value === b.value;
}

function storyOf(
  goldenRow: ScreenRow,
  row: ScreenRow,
  golden: TextStore | undefined,
  actual: TextStore | undefined,
  isFirst: boolean,
): string {
  const what = isFirst ? 'the first store to the screen that differs is' : 'stored last';
  if (actual === undefined) {
    return golden === undefined
      ? 'nobody stored to it'
      : `golden goes on to store ${storeText(row, golden)}${inPlace(goldenRow.placeOf(golden))}`;
  }
  const at = row.placeOf(actual);
  const story = isFirst ? `${what} ${storeText(row, actual)}${inPlace(at)}` : `${what}${inPlace(at)}`;
  if (golden === undefined) return `${story}, golden stores nothing more`;
  const goldenAt = goldenRow.placeOf(golden);
  const goldenPlace = isSamePlace(at, goldenAt) ? '' : inPlace(goldenAt);
  return isFirst || goldenPlace !== '' ? `${story}, golden ${storeText(row, golden)}${goldenPlace}` : story;
}

function storeText(row: ScreenRow, store: TextStore): string {
  const columns = row.characters.length;
  const value = store.value.toString(16).padStart(store.size * 2, '0');
  const cell = store.offset >>> 1;
  return `0x${value} at row ${Math.floor(cell / columns)} column ${cell % columns}`;
}
