import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Shape, structure } from '../../../../../emulator/engine/blocks/graph/structure.ts';

const NODES = 12;
const graph = fc.array(fc.array(fc.nat(NODES - 1), { maxLength: 3 }), { minLength: NODES, maxLength: NODES });

function entriesOf(shape: Shape): readonly number[] {
  return shape.kind === 'block' ? [shape.node] : shape.headers;
}

/** For each block, the nodes that WebAssembly can branch to from it: what follows in a sequence, and headers around. */
function branchable(
  items: readonly Shape[],
  outside: readonly number[],
  found: Map<number, ReadonlySet<number>>,
): void {
  items.forEach((item, index) => {
    const reach = [...outside, ...items.slice(index + 1).flatMap(entriesOf)];
    if (item.kind === 'block') {
      expect(found.has(item.node)).toBe(false);
      found.set(item.node, new Set(reach));
    } else branchable(item.body, [...reach, ...item.headers], found);
  });
}

function reachable(successors: readonly (readonly number[])[]): ReadonlySet<number> {
  const reached = new Set([0]);
  for (const node of reached) for (const next of successors[node]) reached.add(next);
  return reached;
}

test('every branch of a graph goes forward in a sequence or to a header of a loop around it', () => {
  fc.assert(
    fc.property(graph, (successors) => {
      const found = new Map<number, ReadonlySet<number>>();
      branchable(structure(successors, 0), [], found);
      expect(new Set(found.keys())).toEqual(reachable(successors));
      for (const [node, targets] of found) for (const next of successors[node]) expect(targets).toContain(next);
    }),
    { numRuns: 300 },
  );
});

test('nested loops with one way in have one header each', () => {
  // 0 -> 1 -> 2 -> 2 and 1, 1 -> 3
  const shapes = structure([[1], [2, 3], [2, 1], []], 0);
  expect(shapes).toMatchObject([
    { kind: 'block', node: 0 },
    { kind: 'loop', headers: [1], body: [{ node: 1 }, { kind: 'loop', headers: [2], body: [{ node: 2 }] }] },
    { kind: 'block', node: 3 },
  ]);
});

test('a loop that is entered at two places has two headers', () => {
  const shapes = structure([[1, 2], [2], [1]], 0);
  const [, loop] = shapes;
  expect(loop.kind === 'loop' && new Set(loop.headers)).toEqual(new Set([1, 2]));
});
