import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Step } from './change.ts';
import { run } from './command.ts';
import { renameIdentifiers, reverseFunctions, reverseGlobals } from './transform.ts';

// What a build reads, of a guest's folder.
const READ_BY_BUILD = /^(Makefile|src|include|boot|[\w-]+\.ld|[\w-]+\.(c|h|asm|mk))$/;
const SOURCE = /\.(c|h|asm|ld)$/;
const C_FILE = /\.c$/;

/** Copies what a build of `sources` reads into `target` and takes the steps there, in their order. */
export async function makeSourceTree(sources: string, steps: readonly Step[], target: string): Promise<void> {
  for (const name of readdirSync(sources).filter((each) => READ_BY_BUILD.test(each))) {
    cpSync(join(sources, name), join(target, name), { recursive: true });
  }
  for (const step of steps) await take(step, target);
}

async function take(step: Step, folder: string): Promise<void> {
  switch (step.kind) {
    case 'patch':
      await run('patch', ['--quiet', '--strip=1', '--fuzz=0', `--directory=${folder}`, `--input=${step.file}`], folder);
      return;
    case 'make':
      return edit(join(folder, 'Makefile'), (text) => `${text}\n${step.lines.join('\n')}\n`);
    case 'rename':
      return editAll(folder, SOURCE, (text) => renameIdentifiers(text, step.names));
    case 'front':
      return edit(join(folder, step.file), (text) => `${step.text}\n${text}`);
    case 'end':
      return edit(join(folder, step.file), (text) => `${text}\n${step.text}`);
    case 'create':
      mkdirSync(dirname(join(folder, step.file)), { recursive: true });
      return writeFileSync(join(folder, step.file), step.text);
    case 'reverse-functions':
      return editAll(folder, C_FILE, reverseFunctions);
    case 'reverse-globals':
      return editAll(folder, C_FILE, reverseGlobals);
  }
}

function edit(file: string, change: (text: string) => string): void {
  writeFileSync(file, change(readFileSync(file, 'utf8')));
}

function editAll(folder: string, pattern: RegExp, change: (text: string) => string): void {
  for (const file of filesUnder(folder)) {
    if (pattern.test(file)) edit(join(folder, file), change);
  }
}

/** Every file below a folder, sorted, with slashes. */
export function filesUnder(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true })
    .flatMap((entry) =>
      entry.isDirectory() ? filesUnder(join(folder, entry.name)).map((each) => `${entry.name}/${each}`) : [entry.name],
    )
    .sort();
}
