import { createHash } from 'node:crypto';
import type { RawCell, RawCellValue, RawObject } from './cells.ts';
import { explainObject } from './explain-object.ts';
import type { CellHistory, CellValue, Fact } from './fact.ts';
import { sourceName } from './function-name.ts';
import type { Explanation, Lens } from './lens.ts';
import { memberPath } from './members.ts';
import { plainExplain } from './plain-explain.ts';
import type { RunView } from './run-view.ts';

/** What each object held: globals by symbol, blocks by their allocation. Stacks and page tables are left out. */
export const memoryLens: Lens = {
  name: 'memory',
  facts: (view, level) => {
    const { objects } = view.observe().cells;
    const kept = [...objects.values()].flatMap((object) => objectCells(object));
    return level === 'state'
      ? stateFacts(view, kept)
      : [...switchFacts(view), ...kept.map((each) => historyFact(view, each))];
  },
  explain: explainMemory,
  leftOut: (golden, actual) =>
    new Set([...tableObjects(golden), ...foreignGlobals(golden, actual), ...foreignGlobals(actual, golden)]),
};

const STACKS = 'stacks in use';

interface ObjectCells {
  readonly object: RawObject;
  readonly cells: readonly (readonly [number, RawCell])[];
}

function objectCells(object: RawObject): readonly ObjectCells[] {
  const cells = [...object.cells].filter(([, cell]) => !isStack(object, cell));
  cells.sort(([a], [b]) => a - b);
  return cells.length === 0 ? [] : [{ object, cells }];
}

// A stack is what was pushed to, and all below it that was cleared and never used.
function isStack(object: RawObject, cell: RawCell): boolean {
  if (cell.linear >= object.stackHigh) return false;
  return cell.linear + 4 > object.stackLow || (cell.count === 1 && cell.last.value === 0);
}

/** The objects that page directories and tables lie in: the paging lens tells of those. */
function tableObjects(view: RunView): ReadonlySet<string> {
  const { cells, paging } = view.observe();
  const tables = new Set<string>();
  for (const object of cells.objects.values()) {
    for (const cell of object.cells.values()) {
      if (!paging.tableFrames.has(Math.floor(cell.physical / 4096))) continue;
      tables.add(object.identity);
      break;
    }
  }
  return tables;
}

/** Globals of one run whose name the other one's symbols don't have: added, removed or renamed in the source. */
function foreignGlobals(view: RunView, other: RunView): readonly string[] {
  const known = new Set(other.symbols.objects().map(({ name }) => sourceName(name)));
  return [...view.observe().cells.objects.values()]
    .filter((object) => object.kind === 'global' && !known.has(object.label))
    .map((object) => object.identity);
}

function historyFact(view: RunView, { object, cells }: ObjectCells): Fact {
  const hash = new LineHash();
  let first = cells[0][1].values[0];
  for (const [offset, cell] of cells) {
    let line = `${offset} ${digestOf(cell)}`;
    for (const value of cell.values) line += ` ${normalOf(view, value)}`;
    hash.add(line);
    if (cell.values[0].icount < first.icount) first = cell.values[0];
  }
  return {
    lens: 'memory',
    track: object.identity,
    key: object.identity,
    value: hash.digest(),
    text: `${object.label} is stored to (${cells.length} cells), first`,
    at: view.places.at(first.icount, first.eip, first.chain),
    subjects: [object.identity],
    // Start-up code clears what it never uses; a variable more or less there is no behaviour.
    isSilent: cells.every(([, cell]) => cell.count === 1 && cell.last.value === 0),
    detail: {
      kind: 'cells',
      object: object.label,
      cells: () => new Map(cells.map(([offset, cell]) => [offset, historyOf(view, offset, cell)])),
      member: (offset) => memberOf(view, object, offset),
    },
  };
}

function historyOf(view: RunView, offset: number, cell: RawCell): CellHistory {
  const values = cell.values.map((each) => cellValue(view, each));
  return { offset, values, digest: digestOf(cell) };
}

function digestOf(cell: RawCell): string {
  return `${cell.count} ${cell.digest}`;
}

/** SHA-256 over lines, handed over in pieces: an object may have a million of them. */
class LineHash {
  private readonly hash = createHash('sha256');
  private pending = '';

  add(line: string): void {
    this.pending += `${line}\n`;
    if (this.pending.length > 65_536) this.flush();
  }

  digest(): string {
    this.flush();
    return this.hash.digest('hex');
  }

  private flush(): void {
    this.hash.update(this.pending);
    this.pending = '';
  }
}

/** Which stacks the kernel runs on, in order: a stack is the object it lies in, elsewhere one of 64 KiB. */
function switchFacts(view: RunView): readonly Fact[] {
  return view.observe().cells.switches.map(({ object, linear, icount, eip, chain }) => {
    const named = object === undefined || object.kind === 'unnamed' ? undefined : object;
    const label = named?.label ?? `memory at 0x${(linear - (linear % 0x10000)).toString(16)}`;
    return {
      lens: 'memory',
      track: STACKS,
      key: named?.identity ?? label,
      kin: 'stack',
      value: '',
      text: `the stack in use becomes ${label}`,
      at: view.places.at(icount, eip, chain),
    } as const;
  });
}

function cellValue(view: RunView, raw: RawCellValue): CellValue {
  const name = partName(view, raw);
  const axis = raw.known === 0xf ? view.names.heapAxis(raw.value, raw.icount) : undefined;
  const at = () => view.places.at(raw.icount, raw.eip, raw.chain);
  return { ...name, at, icount: raw.icount, ...(axis === undefined ? {} : { axis }) };
}

// Only a cell known in full may hold a pointer.
function partName(view: RunView, raw: RawCellValue): { readonly normal: string; readonly text: string } {
  if (raw.known === 0xf) return view.names.value(raw.value, raw.icount);
  const text = knownBytes(raw);
  return { normal: `${text}/${raw.known}`, text };
}

function normalOf(view: RunView, raw: RawCellValue): string {
  return raw.known === 0xf ? view.names.normal(raw.value, raw.icount) : `${knownBytes(raw)}/${raw.known}`;
}

// "0x2211....": a byte that nobody stored is two dots.
function knownBytes({ value, known }: RawCellValue): string {
  const digits = value.toString(16).padStart(8, '0');
  let text = '';
  for (let lane = 3; lane >= 0; lane--) {
    if ((known & (1 << lane)) !== 0) text += digits.slice(6 - 2 * lane, 8 - 2 * lane);
    else if (text !== '') text += '..';
  }
  return `0x${text}`;
}

function memberOf(view: RunView, object: RawObject, offset: number): string {
  const type =
    object.kind === 'global' ? view.symbols.typeOf(view.symbols.objectAt(object.start)?.symbol.name ?? '') : undefined;
  return memberPath(type, offset);
}

/** What every object holds at each checkpoint and at the end. */
function stateFacts(view: RunView, kept: readonly ObjectCells[]): readonly Fact[] {
  return [...view.reader.events({ kinds: ['checkpoint', 'stop'] })].flatMap((event) => {
    const name = event.kind === 'checkpoint' ? `checkpoint ${event.name}` : 'the end';
    return kept.flatMap((each) => stateFact(view, each, name, event.icount));
  });
}

function stateFact(view: RunView, { object, cells }: ObjectCells, name: string, icount: number): readonly Fact[] {
  const histories = new Map<number, CellHistory>();
  for (const [offset, cell] of cells) {
    const held = [...cell.values, cell.last].filter((each) => each.icount <= icount).at(-1);
    if (held === undefined) continue;
    histories.set(offset, { offset, values: [cellValue(view, held)], digest: '' });
  }
  if (histories.size === 0) return [];
  const lines = [...histories].map(([offset, history]) => `${offset} ${history.values[0].normal}`);
  return [
    {
      lens: 'memory',
      track: object.identity,
      key: `${object.identity} at ${name}`,
      value: lines.join('\n'),
      text: `${object.label} at ${name}`,
      at: { icount, callers: [] },
      subjects: [object.identity],
      detail: {
        kind: 'cells',
        object: object.label,
        cells: () => histories,
        member: (offset) => memberOf(view, object, offset),
      },
    },
  ];
}

function explainMemory(expected: Fact, actual: Fact): Explanation {
  return explainObject(expected, actual) ?? plainExplain(expected, actual);
}
