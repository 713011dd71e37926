import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Step } from './change.ts';
import { run } from './command.ts';
import { filesUnder, makeSourceTree } from './source-tree.ts';

/** A built kernel; `sha256` is over both files. */
export interface Built {
  readonly image: string;
  readonly symbols: string;
  readonly sha256: string;
}

/** What to build: a guest's folder, the steps to take in a copy of it, and the file that make leaves there. */
export interface BuildOrder {
  readonly sources: string;
  readonly steps: readonly Step[];
  readonly image: string; // without its extension
}

/** Where builds are kept: under the digest of what they are made from, and with which tools. */
export interface BuildCache {
  readonly folder: string;
  readonly toolchain: string;
}

/** Builds a kernel or finds it in the cache. Errors: CommandError. */
export async function build({ sources, steps, image }: BuildOrder, cache: BuildCache): Promise<Built> {
  mkdirSync(cache.folder, { recursive: true });
  const scratch = mkdtempSync(join(cache.folder, '.making-'));
  const tree = join(scratch, 'tree');
  try {
    mkdirSync(tree);
    await makeSourceTree(sources, steps, tree);
    const made = join(cache.folder, treeDigest(tree, cache.toolchain));
    if (!existsSync(made)) await makeInto(made, tree, image, scratch);
    return builtIn(made);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

async function makeInto(made: string, tree: string, image: string, scratch: string): Promise<void> {
  await run('make', ['--no-print-directory', '--silent'], tree);
  const outcome = join(scratch, 'made');
  mkdirSync(outcome);
  renameSync(join(tree, `${image}.img`), join(outcome, 'kernel.img'));
  renameSync(join(tree, `${image}.elf`), join(outcome, 'kernel.elf'));
  if (!existsSync(made)) renameSync(outcome, made); // another run may have been faster
}

function builtIn(folder: string): Built {
  const [image, symbols] = ['kernel.img', 'kernel.elf'].map((name) => join(folder, name));
  const digest = createHash('sha256').update(readFileSync(image)).update(readFileSync(symbols));
  return { image, symbols, sha256: digest.digest('hex') };
}

function treeDigest(folder: string, toolchain: string): string {
  const digest = createHash('sha256').update(`${toolchain}\0`);
  for (const file of filesUnder(folder)) digest.update(`${file}\0`).update(readFileSync(join(folder, file)));
  return digest.digest('hex').slice(0, 32);
}
