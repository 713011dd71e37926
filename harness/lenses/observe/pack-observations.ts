import type { LocatedColumns } from '../events/located-events.ts';
import { LocatedEvents } from '../events/located-events.ts';
import { CellTable, type PackedTable } from '../memory/cells/cell-table.ts';
import type { Summaries } from '../memory/objects/object-history.ts';
import { ObjectTypes, type TypedObject } from '../memory/objects/object-types.ts';
import type { RawObject } from '../memory/objects/raw-object.ts';
import { StackSwitches, type SwitchColumns } from '../memory/stacks/stack-switches.ts';
import { ramFillOf } from '../names/ram-fill.ts';
import type { PagingObservation } from '../paging/paging-observer.ts';
import type { TextObservation } from '../screen/text-observer.ts';
import { type ChainColumns, ChainList } from '../state/chain-list.ts';
import { GuestCode, type Translation } from '../state/guest-code.ts';
import { ShadowMemory } from '../state/shadow-memory.ts';
import type { Observations, ObservedRun } from './observations.ts';

/** Observations as plain data, which can go from thread to thread. */
export interface PackedObservations {
  readonly chains: ChainColumns;
  readonly pages: ReadonlyMap<number, Uint8Array>;
  readonly translation: Translation | undefined;
  readonly paging: PagingObservation;
  readonly objects: ReadonlyMap<string, RawObject>;
  readonly switches: SwitchColumns;
  readonly table: PackedTable;
  readonly types: ReadonlyMap<string, TypedObject>;
  readonly summaries: Summaries;
  readonly located: LocatedColumns;
  readonly text: TextObservation;
}

export function packObservations(observed: Observations): PackedObservations {
  const { chains, memory, code, paging, cells, events, text } = observed;
  return {
    chains: chains.columns(),
    pages: memory.pages(),
    translation: code.translation,
    paging: { records: paging.records, tableFrames: paging.tableFrames },
    objects: cells.objects,
    switches: cells.switches.columns(),
    table: cells.table.pack(),
    types: cells.types.ofBlocks(),
    summaries: cells.summaries,
    located: events.located.columns(),
    text: { stores: text.stores, screens: text.screens },
  };
}

/** The observations that were packed, of a run that this thread knows as the other did. */
export function unpackObservations(packed: PackedObservations, run: ObservedRun): Observations {
  const { reader, symbols, likeSymbols, placement, blocks, names } = run;
  const chains = ChainList.of(packed.chains);
  const memory = new ShadowMemory(ramFillOf(reader.header.spec), chains, packed.pages);
  const code = new GuestCode(memory, symbols, placement);
  code.translate(packed.translation);
  names.readMemory((linear) => code.read8(linear));
  const { objects, summaries } = packed;
  const table = new CellTable(packed.table);
  const types = new ObjectTypes({ symbols, likeSymbols, heap: blocks.heap, objects, table }, packed.types);
  const cells = { objects, table, types, summaries, switches: new StackSwitches(packed.switches) };
  const events = { located: new LocatedEvents(packed.located) };
  return { chains, memory, code, paging: packed.paging, cells, events, text: packed.text };
}

/** The memory of all columns, which then moves instead of being copied. */
export function buffersOf({ pages, switches, table, located }: PackedObservations): readonly ArrayBuffer[] {
  const late = table.late.flatMap((each) => each ?? []);
  const chunks = [...switches.chunks, ...table.records, ...late, ...located.chunks];
  const columns: ArrayBufferView[] = [...pages.values()];
  for (const column of chunks.flatMap((each) => Object.values(each))) {
    if (ArrayBuffer.isView(column)) columns.push(column);
  }
  return columns.flatMap(({ buffer }) => (buffer instanceof ArrayBuffer ? [buffer] : []));
}
