// Bundles the corpus runner and the gate from their sources, for Node 20 doesn't run TypeScript, and starts it.
// Every run has a folder of its own, so that a run never sees the code of another.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('../..', import.meta.url));
mkdirSync(join(root, '.gilt/corpus'), { recursive: true });
const folder = mkdtempSync(join(root, '.gilt/corpus/run-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(2));
await build({
  absWorkingDir: root,
  entryPoints: ['tests/corpus/main.ts', 'tests/corpus/worker.ts', 'harness/index.ts'].map((file) => ({
    in: file,
    out: file.replace(/^.*\/|\.ts$/g, ''),
  })),
  outdir: join(folder, 'bundle'),
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  packages: 'external',
  sourcemap: true,
  logLevel: 'warning',
});
const { main } = await import(join(folder, 'bundle/main.js'));
process.exitCode = await main(process.argv.slice(2), folder).catch((error) => {
  console.error(error);
  return 2;
});
