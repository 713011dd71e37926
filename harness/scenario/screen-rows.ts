import type { TextScreen } from '../../traces/index.ts';
import { cp437 } from '../report/cp437.ts';

/** The rows of a text screen as text, without trailing blanks. */
export function screenRows({ characters, columns, rows }: TextScreen): readonly string[] {
  const row = (index: number): Uint8Array => characters.subarray(index * columns, (index + 1) * columns);
  return Array.from({ length: rows }, (_, index) => Array.from(row(index), cp437).join('').trimEnd());
}
