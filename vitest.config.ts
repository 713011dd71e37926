import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['tests/**/*.test.ts'],
    testTimeout: 60_000,
    maxWorkers: '100%', // the default leaves a core idle
    isolate: false, // no module keeps state, so the files of a worker share what they import
    env: { NO_COLOR: '1' },
    server: { deps: { external: [/^(?!.*\/node_modules\/).*\.ts$/] } },
    execArgv: ['--enable-source-maps', '--import', new URL('tests/typescript/register.mjs', import.meta.url).href],
  },
});
