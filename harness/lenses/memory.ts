import { createHash } from 'node:crypto';
import { hex } from '../../emulator/index.ts';
import type { RawCell, RawCellValue, RawObject, SeenValue } from './cells.ts';
import { explainObject } from './explain-object.ts';
import type { CellHistory, CellValue, Fact } from './fact.ts';
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
      : [...switchFacts(view), ...contextFacts(view), ...kept.map((each) => historyFact(view, each))];
  },
  explain: explainMemory,
  leftOut: (golden, actual) =>
    new Set([
      ...tableObjects(golden),
      ...foreignGlobals(golden, actual),
      ...foreignGlobals(actual, golden),
      ...movedAllocatorState(golden, actual),
    ]),
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

// What is laid down for a task's first steps lies above the first push, some of it for good.
const PREPARED_BYTES = 128;

// A stack is what was pushed to, what was prepared above, and all below that was cleared and never used.
function isStack(object: RawObject, cell: RawCell): boolean {
  if (object.stackHigh === 0 || cell.linear >= object.stackHigh + PREPARED_BYTES) return false;
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

/** Globals of one run whose name the other one's symbols don't have: added or removed in the source. */
function foreignGlobals(view: RunView, other: RunView): readonly string[] {
  const known = new Set(other.symbols.objects().map(({ name }) => other.names.canonical(name)));
  return [...view.observe().cells.objects.values()]
    .filter((object) => object.kind === 'global' && !known.has(view.names.canonical(object.symbol)))
    .map((object) => object.identity);
}

/**
 * What frame allocators keep for themselves counts frames from the start of memory: when the pool has moved between the
 * runs, bits and counters mean others, and the results alone tell.
 */
function movedAllocatorState(golden: RunView, actual: RunView): readonly string[] {
  const places = ({ regions }: RunView) => regions.map(({ name, start, end }) => `${name} ${start} ${end}`).join();
  if (places(golden) === places(actual)) return [];
  const objects = [golden, actual].flatMap((view) => [...view.observe().cells.objects.values()]);
  return objects.filter((each) => each.isAllocatorState && each.kind === 'global').map(({ identity }) => identity);
}

function historyFact(view: RunView, { object, cells }: ObjectCells): Fact {
  const hash = new LineHash();
  let first = cells[0][1].values[0];
  for (const [offset, cell] of cells) {
    let line = `${offset} ${digestOf(cell)}`;
    for (const { normal } of cell.values) line += ` ${normal}`;
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

/** Programs that an interrupt has spoilt: once for each that resumes one, with the first case. */
function contextFacts(view: RunView): readonly Fact[] {
  const facts = new Map<string, Fact>();
  for (const { event, at } of view.observe().events.located) {
    if (event.kind !== 'context-changed') continue;
    const place = at();
    const resumed = view.places.functionName(event.resumedEip) ?? 'code of unknown name';
    const changes = event.changes.map(
      ({ register, saved, restored }) => `${register} ${hex(restored, 1)}, was ${hex(saved, 1)}`,
    );
    const finding = `${resumed} goes on after an interrupt with other registers than it had (${changes.join('; ')})`;
    const key = 'registers of an interrupted program';
    const fact = { lens: 'memory', track: key, key, kin: key, value: '', text: finding, at: place, finding } as const;
    const resumer = place.function ?? '';
    if (!facts.has(resumer)) facts.set(resumer, fact);
  }
  return [...facts.values()];
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

function cellValue(view: RunView, raw: Readonly<RawCellValue> | SeenValue): CellValue {
  const { normal, text } = view.names.stored(raw);
  const axis = raw.known === 0xf ? view.names.heapAxis(raw.value, raw.icount) : undefined;
  const at = () => view.places.at(raw.icount, raw.eip, raw.chain);
  const name = { normal: 'normal' in raw ? raw.normal : normal, text };
  return { ...name, at, icount: raw.icount, ...(axis === undefined ? {} : { axis }) };
}

/** ".context.eip"; of a block with its expression: " (processes[2]->context.eip)". */
function memberOf(view: RunView, object: RawObject, offset: number): string {
  const typed = view.observe().cells.types.of(object, true);
  const member = memberPath(typed?.type, offset);
  if (typed?.path === undefined) return member;
  return ` (${`${typed.path}${member}`.replace('->.', '->')})`;
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
