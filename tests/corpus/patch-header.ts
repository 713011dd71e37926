import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

/** A patch of a guest with the lines "Name: text" before its first file. */
export interface LabelledPatch {
  readonly name: string;
  readonly file: string;
  readonly header: (name: string) => string; // Errors: a patch without this line
  readonly optionalHeader: (name: string) => string | undefined;
}

/** Every patch in a folder, by name; none when there is no such folder. */
export function patchesIn(folder: string): readonly LabelledPatch[] {
  if (!existsSync(folder)) return [];
  const files = readdirSync(folder).filter((file) => file.endsWith('.patch'));
  return files.sort().map((file) => readPatch(join(folder, file)));
}

function readPatch(file: string): LabelledPatch {
  const [head] = readFileSync(file, 'utf8').split(/^--- /m, 1);
  const optionalHeader = (name: string): string | undefined =>
    new RegExp(`^${name}: (.+)$`, 'm').exec(head)?.[1].trim();
  const header = (name: string): string => {
    const value = optionalHeader(name);
    if (value === undefined) throw new Error(`${file}: has no line "${name}: ..."`);
    return value;
  };
  return { name: basename(file, '.patch'), file, header, optionalHeader };
}
