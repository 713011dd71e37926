import type { CellColumns, CellHistory, Fact } from '../../fact.ts';
import type { RunView } from '../../run-view.ts';
import { isNarrow, memberOf, SeenValue } from '../cells/cell-values.ts';
import { DIGEST_BASIS, mixHigh, mixLow, mixText } from '../cells/history-digest.ts';
import type { RecordNumber } from '../cells/value-records.ts';
import { type ComparedCells, isOnStack } from './object-history.ts';

/** What every object holds at each checkpoint and at the end. */
export function stateFacts(view: RunView, compared: readonly ComparedCells[]): readonly Fact[] {
  return [...view.reader.events({ kinds: ['checkpoint', 'stop'] })].flatMap((event) => {
    const name = event.kind === 'checkpoint' ? `checkpoint ${event.name}` : 'the end';
    return compared.flatMap((each) => stateFact(view, each, name, event.icount));
  });
}

function stateFact(
  view: RunView,
  { object, offsets, cells }: ComparedCells,
  name: string,
  icount: number,
): readonly Fact[] {
  const held: { readonly offset: number; readonly record: RecordNumber }[] = [];
  cells.forEach((cell, index) => {
    const record = recordAt(view, cell, icount);
    if (record !== 0) held.push({ offset: offsets[index], record });
  });
  if (held.length === 0) return [];
  const history = (index: number): CellHistory => {
    const { offset, record } = held[index];
    const { table } = view.observe().cells;
    const value = new SeenValue(view, table.held(record), isNarrow(view, object, offset));
    return { offset, values: [value], isCut: false, lastIcount: value.icount, digest: '', rawDigest: '' };
  };
  const columns = columnsOf(held.map(({ offset }, index) => [offset, history(index).values[0].normal] as const));
  return [
    {
      lens: 'memory',
      track: object.identity,
      key: `${object.identity} at ${name}`,
      value: Object.values(columns).join('\n'),
      text: `${object.label} at ${name}`,
      at: { icount, callers: [] },
      subjects: [object.identity],
      detail: {
        kind: 'cells',
        object: object.label,
        cells: () => columns,
        sizeBytes: object.end - object.start,
        type: () => view.observe().cells.types.of(object, true)?.type,
        nameOf: (value, icount) => view.names.value(value, icount),
        isGlobal: object.kind === 'global',
        isOnStack: (offset) => isOnStack(object, offset),
        isReturn: (value) => view.observe().code.isBehindCall(value),
        image: view.placement.pages(),
        history,
        member: (offset, path) => memberOf(view, object, offset, path),
      },
    },
  ];
}

/** What the cell held at that time, seen or not; 0 when nothing yet. */
function recordAt(view: RunView, cell: number, icount: number): RecordNumber {
  const { table } = view.observe().cells;
  if (table.icountOf(cell) <= icount) return cell;
  return table.kept(cell).findLast((record) => table.icountOf(record) <= icount) ?? 0;
}

function columnsOf(normals: readonly (readonly [offset: number, normal: string])[]): CellColumns {
  const hashes = normals.map(([, normal]) => mixText(normal));
  return {
    offsets: Uint32Array.from(normals, ([offset]) => offset),
    low: Int32Array.from(hashes, (hash) => mixLow(DIGEST_BASIS, hash)),
    high: Int32Array.from(hashes, (hash) => mixHigh(DIGEST_BASIS, hash)),
  };
}
