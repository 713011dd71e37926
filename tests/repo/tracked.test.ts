import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';

test('installed packages and what is built are never part of the repository', () => {
  const tracked = execFileSync('git', ['ls-files', 'node_modules', 'dist', '.gilt', 'coverage'], { encoding: 'utf8' });
  expect(tracked).toBe('');
});
