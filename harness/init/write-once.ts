import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { hostError } from '../run/files/host-error.ts';

/** Writes a new file; gives false, and does nothing, where there is one. Errors: OperatingError naming the path. */
export function writeOnce(path: string, text: string): boolean {
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text, { flag: 'wx' });
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST' && existsSync(path)) return false;
    throw hostError(path, error);
  }
}

/** Adds those lines that a file doesn't have at its end, and gives them. Errors: OperatingError naming the path. */
export function addLines(path: string, lines: readonly string[]): readonly string[] {
  try {
    const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
    const known = new Set(text.split(/\r?\n/).map((line) => line.trim()));
    const missing = lines.filter((line) => !known.has(line));
    if (missing.length === 0) return [];
    const start = text === '' || text.endsWith('\n') ? '' : '\n';
    writeFileSync(path, `${start}${missing.map((line) => `${line}\n`).join('')}`, { flag: 'a' });
    return missing;
  } catch (error) {
    throw hostError(path, error);
  }
}
