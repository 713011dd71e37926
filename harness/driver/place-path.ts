/** One step from a variable into it: `.pid` or `->pid`, `[2]`. */
export type PathStep =
  | { readonly kind: 'member'; readonly name: string }
  | { readonly kind: 'index'; readonly index: number };

/** A C expression such as `processes[2].context.eip`, taken apart. */
export interface PlacePath {
  readonly root: string; // a symbol
  readonly steps: readonly PathStep[];
}

const NAME = /^[A-Za-z_$@?][\w$@?.]*/;
const STEP = /^(?:(?:\.|->)([A-Za-z_$]\w*)|\[\s*(0[xX][0-9a-fA-F]+|\d+)\s*\])/;

/**
 * Takes an expression apart. A symbol may have dots in its name (`frame.end` in assembly), so the longest part before
 * the first bracket or arrow that `isSymbol` knows is the root. Undefined when it is no such expression.
 */
export function parsePath(text: string, isSymbol: (name: string) => boolean): PlacePath | undefined {
  const [dotted] = NAME.exec(text) ?? [];
  if (dotted === undefined) return undefined;
  const root = longestSymbol(dotted, isSymbol);
  const steps: PathStep[] = [];
  for (let rest = text.slice(root.length); rest !== ''; ) {
    const found = STEP.exec(rest);
    if (found === null) return undefined;
    const [whole, name, index] = found;
    steps.push(name === undefined ? { kind: 'index', index: Number(index) } : { kind: 'member', name });
    rest = rest.slice(whole.length);
  }
  return { root, steps };
}

function longestSymbol(dotted: string, isSymbol: (name: string) => boolean): string {
  for (let name = dotted; ; name = name.slice(0, name.lastIndexOf('.'))) {
    if (isSymbol(name)) return name;
    if (!name.includes('.')) return name;
  }
}
