import type { Symbols } from '../symbols/index.ts';
import { quoted } from './quoted.ts';

/** What `gilt init` found out for a config. */
export interface ConfigFacts {
  readonly image: string;
  readonly symbols: string | undefined;
  readonly build: string | undefined;
  readonly allocators: readonly string[]; // as lines of the config
  readonly lookalikes: readonly string[]; // functions that may be others
}

const MOST_LOOKALIKES = 8;

// The usual names of allocators and what they usually take; whoever has others edits the file.
const ALLOCATORS: Readonly<Record<string, string>> = {
  kmalloc: 'args: 1',
  kalloc: 'args: 1',
  malloc: 'args: 1',
  kcalloc: "kind: 'calloc', args: 2",
  calloc: "kind: 'calloc', args: 2",
  krealloc: "kind: 'realloc', args: 2",
  realloc: "kind: 'realloc', args: 2",
  kfree: "kind: 'free', args: 1",
  free: "kind: 'free', args: 1",
};

/** Allocators that a kernel has by their usual names. */
export function guessAllocators(symbols: Symbols): readonly string[] {
  return Object.entries(ALLOCATORS)
    .filter(([name]) => symbols.lookup(name)?.kind === 'function')
    .map(([name, shape]) => `{ name: '${name}', ${shape} }`);
}

/** Functions that by their names may be allocators, too. Names come from a file: only plain ones are taken. */
export function guessLookalikes(symbols: Symbols): readonly string[] {
  const names = symbols.functions().map(({ name }) => name);
  return names.filter((name) => /^\w*(alloc|free)\w*$/i.test(name) && !(name in ALLOCATORS)).slice(0, MOST_LOOKALIKES);
}

export function configText({ image, symbols, build, allocators, lookalikes }: ConfigFacts): string {
  const lines = [
    `image: ${quoted(image)}, // what to boot`,
    ...(symbols === undefined
      ? []
      : [`symbols: ${quoted(symbols)}, // the linked ELF; with -g it has source lines, too`]),
    ...(build === undefined ? [] : [`build: ${quoted(build)}, // what makes them`]),
    "scenarios: 'scenarios', // a folder",
    "golden: 'golden', // a folder; commit it",
    ...allocatorLines(allocators, lookalikes),
  ];
  const body = lines.map((line) => `  ${line}\n`).join('');
  return `import { defineConfig } from 'gilt';

// What gilt has to know of this kernel. Paths are relative to this file.
export default defineConfig({
${body}});
`;
}

function allocatorLines(allocators: readonly string[], lookalikes: readonly string[]): readonly string[] {
  const what = '// Functions that hand memory out or take it back: their calls are recorded.';
  const others = lookalikes.length === 0 ? [] : [`// By their names these may be some: ${lookalikes.join(', ')}.`];
  if (allocators.length === 0) {
    return [
      what,
      ...others,
      "// allocators: [{ name: 'kmalloc', args: 1 }, { name: 'kfree', kind: 'free', args: 1 }],",
    ];
  }
  const list = ['allocators: [', ...allocators.map((each) => `  ${each},`), '],'];
  const check = "// Check their arguments; what hands out pages, and takes none, is `kind: 'frames', args: 0`.";
  return [what, check, ...others, ...list];
}
