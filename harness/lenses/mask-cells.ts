import type { Mask } from './view-config.ts';

/** A mask of screen cells. */
export type CellMask = Extract<Mask, { kind: 'cells' }>;

/** Does the mask hide this cell of a captured screen? */
export function hidesCell(mask: CellMask, screen: string, row: number, column: number): boolean {
  const { rows, columns } = mask;
  if (mask.screen !== undefined && mask.screen !== screen) return false;
  return row >= rows[0] && row <= rows[1] && column >= columns[0] && column <= columns[1];
}
