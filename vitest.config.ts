import { defineConfig } from 'vitest/config';

export default defineConfig({
  resolve: { alias: { gilt: new URL('./harness/index.ts', import.meta.url).pathname } },
  test: {
    include: ['tests/**/*.test.ts'],
    testTimeout: 60_000,
    maxWorkers: '100%', // the default leaves a core idle
    isolate: false, // no module keeps state, so the files of a worker share what they import
    env: { NO_COLOR: '1' },
  },
});
