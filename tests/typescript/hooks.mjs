// Hooks of Node's module loader: TypeScript loses its types on the way, and `gilt` is this gilt, as for scenarios.
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { transform } from 'esbuild';

const GILT = new URL('../../harness/index.ts', import.meta.url).href;

export function resolve(specifier, context, nextResolve) {
  return specifier === 'gilt' ? { url: GILT, shortCircuit: true } : nextResolve(specifier, context);
}

export async function load(url, context, nextLoad) {
  if (!new URL(url).pathname.endsWith('.ts')) return nextLoad(url, context);
  const sourcefile = fileURLToPath(url);
  const text = await readFile(sourcefile, 'utf8');
  const options = { loader: 'ts', format: 'esm', target: 'node20.10', sourcemap: 'inline', sourcefile };
  return { format: 'module', source: (await transform(text, options)).code, shortCircuit: true };
}
