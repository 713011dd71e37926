import { type OperationColumns, packOperations } from '../allocations/operation-columns.ts';
import type { Region } from '../names/regions.ts';
import type { RunView } from '../run-view.ts';

/** What was made of the calls of a run, as plain data, which can go from thread to thread. */
export interface PackedCalls {
  readonly operations: OperationColumns;
  readonly regions: readonly Region[];
}

export function packCalls({ operations, regions }: Pick<RunView, 'operations' | 'regions'>): PackedCalls {
  return { operations: packOperations(operations), regions };
}
