/** What a project's vitest.config.ts and tests import from 'gilt/vitest'. */
import type { TextScreen } from '../../traces/index.ts';

export { gilt } from './plugin.ts';
export { record, type TestRecording } from './record.ts';
export type { TextScreen };

declare module 'vitest' {
  interface Matchers<T> {
    /** A recording does what its golden run in golden/_tests/NAME does. The name's default is made of the test's. */
    toMatchGoldenTrace(name?: string): Promise<T>;
    /** A screen looks as the golden picture golden/_tests/NAME.png does. The name's default is made of the test's. */
    toMatchGoldenScreen(name?: string): Promise<T>;
  }
}
