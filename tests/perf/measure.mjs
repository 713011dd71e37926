import { runBundled } from '../../bundle.mjs';

await runBundled('perf', {
  main: 'tests/perf/main.ts',
  'compare-two': 'tests/perf/compare-two.ts',
});
