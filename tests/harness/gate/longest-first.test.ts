import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { longestFirst } from '../../../harness/gate/longest-first.ts';

const folder = mkdtempSync(join(tmpdir(), 'gilt-order-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('scenarios without a golden come first, then those with the largest golden trace, equals in their order', () => {
  const sizes: Readonly<Record<string, number>> = { small: 10, large: 30, twin: 10 };
  for (const [name, size] of Object.entries(sizes)) writeFileSync(join(folder, name), Buffer.alloc(size));
  const files = ['small', 'new', 'twin', 'large'].map((name) => ({ name, file: `${name}.scenario.ts` }));
  const order = longestFirst(files, { has: (name) => name in sizes, traceFile: (name) => join(folder, name) });
  expect(order.map((index) => files[index].name)).toEqual(['new', 'large', 'small', 'twin']);
});
