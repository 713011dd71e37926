import { runBundled } from '../bundle.mjs';

await runBundled('bench', {
  main: 'bench/main.ts',
  'run-gilt': 'bench/run-gilt.ts',
  'run-v86': 'bench/run-v86.ts',
  'run-trace': 'bench/run-trace.ts',
  'run-match': 'bench/run-match.ts',
  'run-snapshot': 'bench/run-snapshot.ts',
});
