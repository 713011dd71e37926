import { createRequire, isBuiltin, SourceMap } from 'node:module';
import { dirname, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Message, Plugin } from 'esbuild';
import { OperatingError } from '../../emulator/index.ts';

/** A loaded TypeScript file: its default export, and where in its sources an error was thrown ("boot.ts:12"). */
export interface LoadedModule {
  readonly value: unknown;
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
  return { value: await importDefault(path, url, positionOf), positionOf };
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

/** Bare imports become absolute file URLs, because a `data:` module can't look up packages by itself. */
const packagesStayImports: Plugin = {
  name: 'packages-stay-imports',
  setup(build) {
    build.onResolve({ filter: /^[^./]/ }, ({ path, importer, kind }) => {
      if (kind === 'entry-point') return undefined;
      if (path === 'gilt') return ownIndex();
      if (isBuiltin(path) || path.startsWith('file:')) return { path, external: true };
      try {
        return { path: pathToFileURL(createRequire(importer).resolve(path)).href, external: true };
      } catch {
        return { errors: [{ text: `there is no package "${path}" here; is it installed?` }] };
      }
    });
  },
};

/** Built, gilt's modules lie side by side in one folder; from source, the index is bundled into the file. */
function ownIndex(): { readonly path: string; readonly external?: boolean } {
  if (import.meta.url.endsWith('.ts')) return { path: fileURLToPath(new URL('../index.ts', import.meta.url)) };
  return { path: new URL('./index.js', import.meta.url).href, external: true };
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
