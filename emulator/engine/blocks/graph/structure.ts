/**
 * A graph of blocks as nested loops and sequences, which is all that WebAssembly's control flow has. Within a sequence
 * every branch goes forward, or to a header of a loop around it.
 */
export type Shape =
  | { readonly kind: 'block'; readonly node: number }
  | { readonly kind: 'loop'; readonly headers: readonly number[]; readonly body: readonly Shape[] };

/** `successors[n]`: the nodes that control may go to from node n. Nodes that `entry` doesn't reach are left out. */
export function structure(successors: readonly (readonly number[])[], entry: number): readonly Shape[] {
  const reached = reachable(successors, entry);
  return sequence(successors, reached, new Set([entry]), new Set());
}

/** The nodes as a sequence; `cut`: headers of the loops around, branches to which are none of the sequence's. */
function sequence(
  successors: readonly (readonly number[])[],
  nodes: ReadonlySet<number>,
  entries: ReadonlySet<number>,
  cut: ReadonlySet<number>,
): readonly Shape[] {
  const within = (node: number): readonly number[] =>
    successors[node].filter((next) => nodes.has(next) && !cut.has(next));
  return components(nodes, within).map((component): Shape => {
    const [first] = component;
    if (component.size === 1 && !within(first).includes(first)) return { kind: 'block', node: first };
    const fromOutside = new Set([...nodes].filter((node) => !component.has(node)).flatMap(within));
    const headers = [...component].filter((node) => entries.has(node) || fromOutside.has(node));
    const body = sequence(successors, component, new Set(headers), new Set([...cut, ...headers]));
    return { kind: 'loop', headers, body };
  });
}

function reachable(successors: readonly (readonly number[])[], entry: number): ReadonlySet<number> {
  const reached = new Set([entry]);
  for (const node of reached) for (const next of successors[node]) reached.add(next);
  return reached;
}

/** Strongly connected components, each before those it leads to (Tarjan 1972). Recursion is as deep as the graph. */
function components(
  nodes: ReadonlySet<number>,
  within: (node: number) => readonly number[],
): readonly ReadonlySet<number>[] {
  const order = new Map<number, number>();
  const stack: number[] = [];
  const open = new Set<number>();
  const found: Set<number>[] = [];
  const visit = (node: number): number => {
    const index = order.size;
    let lowest = index;
    order.set(node, index);
    stack.push(node);
    open.add(node);
    for (const next of within(node)) {
      if (!order.has(next)) lowest = Math.min(lowest, visit(next));
      else if (open.has(next)) lowest = Math.min(lowest, order.get(next) ?? lowest);
    }
    if (lowest === index) found.push(closeComponent(node, stack, open));
    return lowest;
  };
  for (const node of nodes) if (!order.has(node)) visit(node);
  return found.reverse();
}

function closeComponent(root: number, stack: number[], open: Set<number>): Set<number> {
  const component = new Set<number>();
  while (!component.has(root)) {
    const node = stack.pop();
    if (node === undefined) break;
    open.delete(node);
    component.add(node);
  }
  return component;
}
