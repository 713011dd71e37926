// Bundles the measurements from their sources, for Node 20 doesn't run TypeScript, and starts them.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
mkdirSync(join(root, '.gilt/bench'), { recursive: true });
const folder = mkdtempSync(join(root, '.gilt/bench/run-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(2));
await build({
  absWorkingDir: root,
  entryPoints: {
    main: 'bench/main.ts',
    'run-gilt': 'bench/run-gilt.ts',
    'run-v86': 'bench/run-v86.ts',
    'run-trace': 'bench/run-trace.ts',
  },
  outdir: join(folder, 'bundle'),
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  packages: 'external',
  logLevel: 'warning',
});
const { main } = await import(join(folder, 'bundle/main.js'));
process.exitCode = await main(process.argv.slice(2), { root, folder }).catch((error) => {
  console.error(error instanceof Error ? error.message : error);
  return 2;
});
