import type { Medium } from '../medium.ts';
import type { FloppyFormat } from './floppy-format.ts';

/** A drive and the diskette in it. The heads' place and the change line are the controller's state, which saves them. */
export interface FloppyDrive {
  readonly medium: Medium;
  readonly format: FloppyFormat;
}

/** The bits of the data rate select register that a diskette is recorded at. */
export function dataRate({ kilobits }: FloppyFormat): number {
  return { 500: 0, 300: 1, 250: 2, 1000: 3 }[kilobits];
}
