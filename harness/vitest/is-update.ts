import type { ExpectStatic } from 'vitest';

/** Whether vitest was asked to update, by -u or a key in watch mode. */
export function isUpdate(expect: ExpectStatic): boolean {
  return expect.getState().snapshotState.snapshotUpdateState === 'all';
}
