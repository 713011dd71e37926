import type { StopReason } from '../../../traces/events.ts';
import type { InterruptedState } from '../../cpu/interrupts/interrupted-programs.ts';
import type { IdleLoopState } from '../idle/idle-loop.ts';
import type { PcState } from '../pc.ts';
import type { ProbesState } from '../probes.ts';
import type { RecordingState } from '../recording/recording.ts';
import type { MachineSpec } from '../spec.ts';
import { filledPage, PAGE_BYTES } from './page-store.ts';
import type { SavedPages } from './saved-pages.ts';

/** Interrupts are held back: was the processor halted when that began? */
export interface InterruptHold {
  readonly wasHalted: boolean;
}

/**
 * The whole state of a machine between two runs, made by `Machine.snapshot`. Plain data that nobody changes; snapshots of
 * one run share the pages they have in common.
 */
export interface Snapshot {
  readonly spec: MachineSpec;
  readonly parts: PcState;
  readonly pages: SavedPages;
  readonly probes: ProbesState;
  readonly interrupted: InterruptedState;
  readonly idle: IdleLoopState | undefined;
  readonly recording: RecordingState;
  readonly hold: InterruptHold | undefined;
  readonly ended: StopReason | undefined;
}

/** The same state with other bytes in RAM, by physical address, as if they had always been there: no recording has the change. */
export function withBytes(snapshot: Snapshot, changes: ReadonlyMap<number, number>): Snapshot {
  const pages = new Map<number, Uint8Array>();
  for (const [physical, byte] of changes) {
    const page = Math.floor(physical / PAGE_BYTES);
    const bytes = pages.get(page) ?? (snapshot.pages.get(page) ?? filledPage(snapshot.spec.ramFill, page)).slice();
    bytes[physical % PAGE_BYTES] = byte;
    pages.set(page, bytes);
  }
  return { ...snapshot, pages: snapshot.pages.with(pages) };
}
