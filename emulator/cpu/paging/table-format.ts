import { CR4_PAE } from '../constants.ts';
import * as S from '../state.ts';

/** How page tables are laid out. Source: SDM vol. 3A, 4.3 and 4.4. */
export interface TableFormat {
  /** An entry's bytes, as a power of two. */
  readonly entryShift: 2 | 3;
  /** Pages that one directory entry maps, and entries that a table or a directory has. */
  readonly pagesPerTable: 1024 | 512;
}

/** 32-bit paging: a directory and tables of 1,024 entries; pages of 4 KiB and 4 MiB. */
export const TWO_LEVELS: TableFormat = { entryShift: 2, pagesPerTable: 1024 };
/** PAE paging: four directories below a table of pointers, 512 entries of 64 bits each; pages of 4 KiB and 2 MiB. */
const THREE_LEVELS: TableFormat = { entryShift: 3, pagesPerTable: 512 };

export function isExtended(s: Int32Array): boolean {
  return (s[S.CR4] & CR4_PAE) !== 0;
}

export function tableFormatOf(s: Int32Array): TableFormat {
  return isExtended(s) ? THREE_LEVELS : TWO_LEVELS;
}
