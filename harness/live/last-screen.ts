import type { TextScreen } from '../../traces/index.ts';
import { screenRows } from '../scenario/screen-rows.ts';

/** A screen as plain text that stays to be read; of a picture only its size. */
export function lastScreen(screen: TextScreen): string {
  const { columns, picture } = screen;
  if (columns === 0 && picture !== undefined) {
    return `(a picture of ${picture.width}x${picture.height} pixels; --png FILE writes it)\n`;
  }
  const rows = screenRows(screen).join('\n').trimEnd();
  return rows === '' ? '' : `${rows}\n`;
}
