import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runShell } from './shell.ts';
import type { Worktree, Worktrees } from './worktrees.ts';

/** What to build: paths are relative to the top of a worktree; `folder` is where the command runs. */
export interface Recipe {
  readonly command: string;
  readonly folder: string;
  readonly image: string;
  readonly symbols: string | undefined;
  /** Further files, by the paths that config and scenarios write. */
  readonly further?: Readonly<Record<string, string>>;
}

/** What a build made, or why there is nothing. */
export type Built =
  | {
      readonly kind: 'built';
      readonly image: Uint8Array;
      readonly symbols: Uint8Array | undefined;
      readonly further: Readonly<Record<string, Uint8Array>>;
    }
  | { readonly kind: 'failed'; readonly reason: string };

/** Runs the build command in a worktree, in a process group of its own. */
export async function build(recipe: Recipe, { folder }: Worktree, worktrees: Worktrees): Promise<Built> {
  const cwd = join(folder, recipe.folder);
  if (!existsSync(cwd)) return { kind: 'failed', reason: `there is no folder ${recipe.folder}` };
  const reason = await runShell(recipe.command, cwd, worktrees);
  if (reason !== undefined) return { kind: 'failed', reason };
  const further = Object.entries(recipe.further ?? {});
  const made = new Map<string, Uint8Array>();
  for (const path of [recipe.image, recipe.symbols, ...further.map(([, inside]) => inside)]) {
    if (path === undefined) continue;
    const bytes = readIfThere(join(folder, path));
    if (bytes === undefined) return { kind: 'failed', reason: `\`${recipe.command}\` made no ${path}` };
    made.set(path, bytes);
  }
  const of = (path: string): Uint8Array => made.get(path) ?? new Uint8Array();
  return {
    kind: 'built',
    image: of(recipe.image),
    symbols: recipe.symbols === undefined ? undefined : withoutPath(of(recipe.symbols), folder),
    further: Object.fromEntries(further.map(([path, inside]) => [path, of(inside)])),
  };
}

function readIfThere(path: string): Uint8Array | undefined {
  return existsSync(path) ? new Uint8Array(readFileSync(path)) : undefined;
}

/**
 * An ELF names the folder that it was built in. With that overwritten, by as many bytes, equal sources give equal files
 * wherever they are built.
 */
function withoutPath(elf: Uint8Array, folder: string): Uint8Array {
  const bytes = Buffer.from(elf);
  const path = Buffer.from(folder);
  const filler = Buffer.from('/'.padEnd(path.length, 'x'));
  for (let at = bytes.indexOf(path); at >= 0; at = bytes.indexOf(path, at + path.length)) filler.copy(bytes, at);
  return new Uint8Array(bytes);
}
