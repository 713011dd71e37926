import type { Area } from '../text-painter.ts';

/** Cells are about twice as high as wide. */
const CELL_HEIGHT = 2;

/** The most cells that a picture fills without losing its shape; at least one each way. */
export function cellsFor(picture: { readonly width: number; readonly height: number }, area: Area): Area {
  const scale = Math.min(area.columns / picture.width, (area.rows * CELL_HEIGHT) / picture.height);
  const columns = Math.max(1, Math.floor(picture.width * scale));
  return { columns, rows: Math.max(1, Math.floor((picture.height * scale) / CELL_HEIGHT)) };
}
