// Bundles the command line, its threads and the public API into dist/, or into the folder that is named. They share chunks,
// so that a scenario file that imports 'gilt' gets the very modules that the running command line uses.
import { chmodSync, rmSync } from 'node:fs';
import { bundle } from './bundle.mjs';

const [outdir = 'dist'] = process.argv.slice(2);

rmSync(outdir, { recursive: true, force: true });
await bundle(
  {
    cli: 'harness/cli.ts',
    index: 'harness/index.ts',
    'judge-worker': 'harness/gate/judge-worker.ts',
    vitest: 'harness/vitest/index.ts',
    'vitest-scenario-test': 'harness/vitest/scenario-test.ts',
    'vitest-setup': 'harness/vitest/setup.ts',
  },
  outdir,
);
chmodSync(`${outdir}/cli.js`, 0o755);
