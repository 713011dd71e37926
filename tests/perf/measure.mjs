// Bundles the measurement of comparisons from its sources, for Node 20 doesn't run TypeScript, and starts it.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('../..', import.meta.url));
mkdirSync(join(root, '.gilt/perf'), { recursive: true });
const folder = mkdtempSync(join(root, '.gilt/perf/run-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(2));
await build({
  absWorkingDir: root,
  entryPoints: ['tests/perf/main.ts', 'tests/perf/compare-two.ts'],
  outdir: join(folder, 'bundle'),
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  packages: 'external',
  logLevel: 'warning',
});
const { main } = await import(join(folder, 'bundle/main.js'));
process.exitCode = main(process.argv.slice(2), folder);
