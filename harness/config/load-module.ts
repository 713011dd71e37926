import { createHash } from 'node:crypto';
import { isBuiltin, SourceMap } from 'node:module';
import { dirname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Message, Plugin } from 'esbuild';
import { OperatingError } from '../../emulator/index.ts';

/** A loaded TypeScript file: its default export, and where in its sources an error was thrown ("boot.ts:12"). */
export interface LoadedModule {
  readonly value: unknown;
  readonly digest: string; // sha256 of its code and of what it imports by relative path
  readonly positionOf: (error: Error) => string | undefined;
}

/**
 * Loads a TypeScript file. The file and what it imports by relative path are bundled in memory; imports of packages
 * stay imports, found from the importing file, and `gilt` is the gilt that is running.
 * Errors: OperatingError naming the file and the line.
 */
export async function loadModule(path: string): Promise<LoadedModule> {
  const { build } = await import('esbuild');
  const built = await build({
    entryPoints: [path],
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    logLevel: 'silent',
    sourcemap: 'external',
    outfile: `${path}.mjs`,
    plugins: [packagesStayImports],
  }).catch((error: unknown) => {
    throw buildError(path, error);
  });
  const [map, code] = built.outputFiles;
  const url = `data:text/javascript;base64,${Buffer.from(code.contents).toString('base64')}`;
  const positionOf = (error: Error): string | undefined => positionIn(url, path, map.text, error);
  const digest = createHash('sha256').update(code.contents).digest('hex');
  return { value: await importDefault(path, url, positionOf), digest, positionOf };
}

async function importDefault(path: string, url: string, positionOf: LoadedModule['positionOf']): Promise<unknown> {
  const module: { readonly default?: unknown } = await import(/* @vite-ignore */ url).catch((error: unknown) => {
    if (!(error instanceof Error)) throw new OperatingError(path, `threw ${String(error)} while loading`);
    throw new OperatingError(positionOf(error) ?? path, `failed while loading: ${error.message}`);
  });
  if (module.default === undefined) throw new OperatingError(path, 'has no default export');
  return module.default;
}

/** The innermost stack frame in the module of this URL, by the source map: Node doesn't map `data:` modules itself. */
function positionIn(url: string, path: string, mapText: string, { stack = '' }: Error): string | undefined {
  const [, frame] = stack.split(url, 2);
  const position = /^:(\d+):(\d+)/.exec(frame ?? '');
  if (position === null) return undefined;
  const entry = new SourceMap(JSON.parse(mapText)).findEntry(Number(position[1]) - 1, Number(position[2]) - 1);
  if (!('originalSource' in entry)) return undefined;
  return `${resolve(dirname(path), entry.originalSource)}:${entry.originalLine + 1}`;
}

const FROM_SOURCE = 'gilt-from-source';
const LOOKING_UP = 'looking up';

/** Built, gilt's modules lie side by side in one folder. */
const OWN_INDEX = import.meta.url.endsWith('.ts')
  ? { path: 'gilt', namespace: FROM_SOURCE }
  : { path: new URL('./index.js', import.meta.url).href, external: true };

/** Bare imports become absolute file URLs, because a `data:` module can't look up packages by itself. */
const packagesStayImports: Plugin = {
  name: 'packages-stay-imports',
  setup(build) {
    build.onResolve({ filter: /^[^./]/ }, async ({ path, importer, resolveDir, kind, pluginData }) => {
      if (kind === 'entry-point' || pluginData === LOOKING_UP) return undefined;
      if (path === 'gilt') return OWN_INDEX;
      if (isBuiltin(path) || path.startsWith('file:')) return { path, external: true };
      // As an import would find it: what `require` finds of a package may be another file.
      const found = await build.resolve(path, { kind, importer, resolveDir, pluginData: LOOKING_UP });
      if (found.errors.length === 0) return { path: pathToFileURL(found.path).href, external: true };
      return { errors: [{ text: `there is no package "${path}" here; is it installed?` }] };
    });
    build.onLoad({ filter: /.*/, namespace: FROM_SOURCE }, async () => ({ contents: await loadedIndex() }));
  },
};

/**
 * Code that exports what gilt's index exports, the very objects. From source, in gilt's own tests, no module can import the
 * index by its URL, and a second copy of it would have classes of its own.
 */
async function loadedIndex(): Promise<string> {
  const index = await import('../index.ts');
  Reflect.set(globalThis, Symbol.for(FROM_SOURCE), index);
  const names = Object.keys(index).join(', ');
  return `const index = globalThis[Symbol.for('${FROM_SOURCE}')];\nexport const { ${names} } = index;`;
}

function buildError(path: string, error: unknown): OperatingError {
  const message = firstMessage(error);
  if (message === undefined) return new OperatingError(path, String(error));
  const { location } = message;
  const where = location ? `${path}:${location.line}:${location.column + 1}` : path;
  return new OperatingError(where, message.text);
}

function firstMessage(error: unknown): Message | undefined {
  if (typeof error !== 'object' || error === null || !('errors' in error) || !Array.isArray(error.errors)) {
    return undefined;
  }
  return error.errors[0];
}
