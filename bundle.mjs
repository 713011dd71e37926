// Node 20 doesn't run TypeScript: whatever is started from sources is bundled first.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

export const root = fileURLToPath(new URL('.', import.meta.url));

/** What other threads run. Every bundle has them, since whatever records or compares may start one. */
const threads = {
  'observe-worker': 'harness/lenses/observe/observe-worker.ts',
  'trace-worker': 'harness/run/thread/trace-worker.ts',
};

/** Bundles files with what they import, and the threads; they share chunks. Packages stay imports. */
export async function bundle(entryPoints, outdir) {
  await build({
    absWorkingDir: root,
    entryPoints: { ...threads, ...entryPoints },
    outdir,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    packages: 'external',
    sourcemap: true,
    logLevel: 'warning',
  });
}

/**
 * Bundles `entryPoints` and calls `main` of the one called so: with the command line's arguments and the folder of this run,
 * which holds the bundle and goes when it ends, so that no run sees the code of another. An error ends with exit code 2.
 */
export async function runBundled(name, entryPoints) {
  mkdirSync(join(root, '.gilt', name), { recursive: true });
  const folder = mkdtempSync(join(root, '.gilt', name, 'run-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(2));
  try {
    await bundle(entryPoints, join(folder, 'bundle'));
    const { main } = await import(join(folder, 'bundle/main.js'));
    process.exitCode = await main(process.argv.slice(2), folder);
  } catch (error) {
    console.error(error);
    process.exitCode = 2;
  }
}
