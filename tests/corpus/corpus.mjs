import { runBundled } from '../../bundle.mjs';

await runBundled('corpus', {
  main: 'tests/corpus/main.ts',
  worker: 'tests/corpus/worker.ts',
  index: 'harness/index.ts', // what a config imports as 'gilt'
});
