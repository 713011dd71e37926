import { hex } from '../../emulator/index.ts';
import { type TraceEvent, type TraceEventKind, WRITE_ORIGINS, type WriteRow } from '../../traces/index.ts';
import { type Fact, type LensName, type Place, placeText, type RunView } from '../lenses/index.ts';
import type { Difference } from './difference.ts';
import { eventText } from './event-text.ts';

// Which recorded events each lens answers for when every one of them must be equal. Memory answers for the writes.
const KINDS: Readonly<Record<LensName, readonly TraceEventKind[]>> = {
  allocations: ['probe-call', 'probe-return'],
  paging: ['control', 'invlpg', 'stale-translation'],
  traps: ['exception', 'interrupt', 'stop'],
  ports: ['port-write', 'unhandled'],
  memory: ['checkpoint'],
  serial: ['serial-out', 'debug-out'],
  screen: ['screen'],
};

/** The track of every fact that stands for a recorded row. */
export const EXACT_TRACK = 'rows';

/** Compares what was recorded itself, row by row; the first divergent row is the one difference. */
export function compareExact(lens: LensName, golden: RunView, actual: RunView): readonly Difference[] {
  const rows = lens === 'memory' ? firstDivergence(lens, golden, actual, writeRows(golden), writeRows(actual)) : [];
  if (rows.length > 0) return rows;
  const kinds = KINDS[lens];
  const events = (view: RunView) => eventRows(view.reader.events({ kinds }));
  return firstDivergence(lens, golden, actual, events(golden), events(actual));
}

/** A recorded row in words, with its place. */
interface Row {
  readonly text: string;
  readonly icount: number;
  readonly eip: number | undefined;
}

function firstDivergence(
  lens: LensName,
  golden: RunView,
  actual: RunView,
  expectedRows: Generator<Row>,
  actualRows: Generator<Row>,
): readonly Difference[] {
  for (let index = 0; ; index++) {
    const [expected, current] = [expectedRows.next(), actualRows.next()];
    if (expected.done && current.done) return [];
    if (expected.done) return current.done ? [] : [added(lens, rowFact(lens, actual, current.value, index), index)];
    if (current.done) return [missing(lens, rowFact(lens, golden, expected.value, index), index)];
    if (expected.value.text === current.value.text && expected.value.icount === current.value.icount) continue;
    return [changed(rowFact(lens, golden, expected.value, index), rowFact(lens, actual, current.value, index), index)];
  }
}

function rowFact(lens: LensName, view: RunView, row: Row, index: number): Fact {
  const at: Place = row.eip === undefined ? { icount: row.icount, callers: [] } : view.places.at(row.icount, row.eip);
  const text = `row ${index} at icount ${row.icount}: ${row.text}`;
  return { lens, track: EXACT_TRACK, key: `row ${index}`, value: row.text, text, at };
}

function changed(expected: Fact, actual: Fact, position: number): Difference {
  const text = `${actual.text} by ${placeText(actual.at)}, golden ${expected.text} by ${placeText(expected.at)}`;
  const places = { at: actual.at, goldenAt: expected.at };
  return {
    kind: 'changed',
    lens: actual.lens,
    expected,
    actual,
    position,
    text,
    change: text,
    order: actual.at.icount,
    isTail: false,
    ...places,
  };
}

function added(lens: LensName, actual: Fact, position: number): Difference {
  const text = `${actual.text} by ${placeText(actual.at)}, where golden has ended`;
  return {
    kind: 'added',
    lens,
    actual,
    position,
    text,
    change: text,
    order: actual.at.icount,
    at: actual.at,
    isTail: false,
  };
}

function missing(lens: LensName, expected: Fact, position: number): Difference {
  const text = `the run has ended, golden goes on with ${expected.text} by ${placeText(expected.at)}`;
  const places = { at: expected.at, goldenAt: expected.at };
  return {
    kind: 'missing',
    lens,
    expected,
    position,
    text,
    change: text,
    order: expected.at.icount,
    isTail: false,
    ...places,
  };
}

function* writeRows(view: RunView): Generator<Row> {
  for (const columns of view.reader.writes()) {
    for (let row = 0; row < columns.count; row++) {
      const write: WriteRow = {
        icount: columns.icount[row],
        eip: columns.eip[row],
        linear: columns.linear[row],
        physical: columns.physical[row],
        size: columns.size[row] as WriteRow['size'],
        value: columns.value[row],
        origin: WRITE_ORIGINS[columns.origin[row]],
      };
      yield { text: writeText(write), icount: write.icount, eip: write.eip };
    }
  }
}

function writeText({ linear, physical, size, value, origin, eip }: WriteRow): string {
  const where = linear === physical ? hex(linear) : `${hex(linear)} (physical ${hex(physical)})`;
  return `${origin} at ${hex(eip)} stores ${hex(value, size * 2)} to ${where}`;
}

function* eventRows(events: Generator<TraceEvent>): Generator<Row> {
  for (const event of events) {
    yield { text: eventText(event), icount: event.icount, eip: 'eip' in event ? event.eip : undefined };
  }
}
