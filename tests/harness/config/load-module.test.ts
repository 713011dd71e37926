import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadModule as load } from '../../../harness/config/load-module.ts';
import { makeFolder } from '../project-folder.ts';

const loadModule = async (path: string): Promise<unknown> => (await load(path)).value;

test('a TypeScript file is loaded with what it imports by relative path and from node', async () => {
  const folder = makeFolder({
    'main.ts': `
      import { basename } from 'node:path';
      import { three } from './three.ts';
      const sum: number = three + 1;
      export default { sum, name: basename('/a/b') };
    `,
    'three.ts': 'export const three: number = 3;',
  });
  expect(await loadModule(join(folder, 'main.ts'))).toEqual({ sum: 4, name: 'b' });
});

test("'gilt' is the gilt that is running, wherever the file lies", async () => {
  const folder = makeFolder({
    'main.ts': `import { defineConfig } from 'gilt'; export default defineConfig({ image: 'x' });`,
  });
  expect(await loadModule(join(folder, 'main.ts'))).toEqual({ image: 'x' });
});

test('a package is found from the file that imports it', async () => {
  const folder = makeFolder({
    'main.ts': `import { seven } from 'seven'; export default seven;`,
    'node_modules/seven/package.json': '{ "name": "seven", "type": "module", "exports": "./index.js" }',
    'node_modules/seven/index.js': 'export const seven = 7;',
  });
  expect(await loadModule(join(folder, 'main.ts'))).toBe(7);
});

test("a package gives what an import of it gives, not what require would: vitest's expect, for example", async () => {
  const exports = '{ "require": "./old.cjs", "import": "./index.js" }';
  const folder = makeFolder({
    'node_modules/seven/package.json': `{ "name": "seven", "type": "module", "exports": { ".": ${exports} } }`,
    'node_modules/seven/index.js': 'export const seven = 7;',
    'node_modules/seven/old.cjs': 'throw new Error("not for import");',
    'main.ts': `import { seven } from 'seven'; export default seven;`,
  });
  expect(await loadModule(join(folder, 'main.ts'))).toBe(7);
});

test('a file that changed is loaded anew', async () => {
  const first = makeFolder({ 'main.ts': 'export default 1;' });
  const second = makeFolder({ 'main.ts': 'export default 2;' });
  expect([await loadModule(join(first, 'main.ts')), await loadModule(join(second, 'main.ts'))]).toEqual([1, 2]);
});

describe('what is wrong in a file is named with the file, and the line where there is one', () => {
  test.each([
    ['a syntax error', 'export default {\n  a: 1,\n  b c\n};', /main\.ts:3:\d+: Expected/],
    [
      'a package that is not there',
      `import x from 'no-such-package'; export default x;`,
      /main\.ts:1:.*no-such-package/,
    ],
    ['a file that is not there', `import x from './none.ts'; export default x;`, /main\.ts:1:.*none\.ts/],
    ['no default export', 'export const a = 1;', /main\.ts: has no default export/],
    [
      'an error while it runs',
      `throw new Error('broken'); export default 1;`,
      /main\.ts:1: failed while loading: broken/,
    ],
  ])('%s', async (_name, text, message) => {
    const folder = makeFolder({ 'main.ts': text });
    await expect(loadModule(join(folder, 'main.ts'))).rejects.toThrow(message);
  });
});

test('an error that its code throws later has a position in the source, also in a file that it imports', async () => {
  const folder = makeFolder({
    'main.ts': `import { check } from './lib/check.ts';\nexport default (value: number) => check(value);`,
    'lib/check.ts': `interface A { b: number }\n\nexport function check(value: number): void {\n  throw new Error(String(value));\n}`,
  });
  const { value, positionOf } = await load(join(folder, 'main.ts'));
  const thrown = caught(() => typeof value === 'function' && value(1));
  expect(positionOf(thrown)).toBe(`${join(folder, 'lib/check.ts')}:4`);
  expect(positionOf(new Error('elsewhere'))).toBeUndefined();
});

function caught(action: () => unknown): Error {
  try {
    action();
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error('nothing was thrown');
}
