import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's folder. The corpus runs as a bundle somewhere below it, so the way up is looked for. */
export const ROOT = rootAbove(dirname(fileURLToPath(import.meta.url)));

function rootAbove(folder: string): string {
  if (existsSync(join(folder, 'tests/corpus/corpus.mjs'))) return folder;
  const parent = dirname(folder);
  if (parent === folder) throw new Error('the corpus has to run inside its repository');
  return rootAbove(parent);
}
