import { runBundled } from '../../bundle.mjs';

await runBundled('lockstep', { main: 'tests/conformance/register-lines.ts' });
