import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import { buildGilt, cliOf, startNode } from '../built-cli.ts';
import { gilt } from '../host-stub.ts';
import { makeFolder } from '../project-folder.ts';
import { COPY, change, letters, makeRepository, type Repository, short, silent, writeFiles } from './repository.ts';

let cli = '';

beforeAll(async () => {
  cli = cliOf(await buildGilt('gilt-bisect-test'));
});

async function until(isDone: () => boolean): Promise<void> {
  while (!isDone()) await pause(100); // the test's own timeout ends this
}

const worktrees = ({ git }: Repository): number => git('worktree', 'list').split('\n').length;

/** A range of 16 commits whose third build doesn't end before the file `go` is there. */
function slowRepository() {
  const signals = makeFolder();
  const [go, stuck] = [join(signals, 'go'), join(signals, 'stuck')];
  const wait = `if [ $(cat ${signals}/count | wc -l) -ge 3 ]; then echo $$ > ${stuck}; while [ ! -e ${go} ]; do sleep 0.05; done; fi`;
  const steps = Array.from({ length: 17 }, (_, index) => ({
    message: `step ${index}`,
    files: { [`doc/${index}.txt`]: '', ...(index === 11 ? { 'src/guest.bin': letters('h') } : {}) },
  }));
  const repository = makeRepository(steps, { build: `echo >> ${signals}/count && ${wait}; ${COPY}` });
  return { repository, go, stuck };
}

describe('a bisect that is killed', () => {
  test.each(['SIGINT', 'SIGTERM', 'SIGKILL'] as const)(
    'by %s leaves no worktree and no build, and can go on',
    async (signal) => {
      const { repository, go, stuck } = slowRepository();
      const { folder, ids, builds } = repository;
      const { child, ended } = startNode(folder, [cli, 'bisect', '--good', ids[0]]);
      await until(() => existsSync(stuck) && readFileSync(stuck, 'utf8') !== '');
      const [, worktree] = repository.git('worktree', 'list').split('\n');
      const temporary = dirname(worktree.split(' ', 1)[0]);
      expect(existsSync(temporary)).toBe(true);
      child.kill(signal);
      await ended;
      // Nothing can clean up in the very moment of a SIGKILL.
      if (signal === 'SIGKILL') await until(() => !existsSync(temporary));
      expect(existsSync(temporary)).toBe(false);
      expect(worktrees(repository)).toBe(1);
      const build = Number(readFileSync(stuck, 'utf8'));
      await until(() => !isRunning(build));
      const before = builds();
      writeFileSync(go, '');
      const { code, out } = await gilt(folder, ['bisect', '--good', ids[0]]);
      expect(code).toBe(0);
      expect(out).toContain(`${short(ids[11])} is the first commit`);
      const again = builds() - before;
      expect(out).toContain(`${again} builds`);
      // Good and bad end, four steps and the revert are seven builds; two of them were made before the kill.
      expect(again).toBeLessThanOrEqual(5);
    },
  );

  test('with its machine leaves worktrees, which the next bisect removes', async () => {
    const { repository, go } = slowRepository();
    const { folder, ids, git } = repository;
    writeFileSync(go, '');
    const stale = realpathSync(mkdtempSync(join(tmpdir(), 'gilt-bisect-')));
    git('worktree', 'add', '--quiet', '--detach', join(stale, 'build-0'), 'HEAD');
    writeFileSync(join(stale, 'owner'), '999999999\n');
    const owned = realpathSync(mkdtempSync(join(tmpdir(), 'gilt-bisect-')));
    git('worktree', 'add', '--quiet', '--detach', join(owned, 'build-0'), 'HEAD');
    writeFileSync(join(owned, 'owner'), `${process.pid}\n`);
    const { code } = await gilt(folder, ['bisect', '--good', ids[0]]);
    expect(code).toBe(0);
    expect(existsSync(stale)).toBe(false);
    expect(readdirSync(owned)).toContain('build-0'); // somebody works in there
    git('worktree', 'remove', '--force', join(owned, 'build-0'));
    rmSync(owned, { recursive: true });
  });
});

test('git bisect run, given gilt gate --bisect, comes to the same commit', async () => {
  const { folder, ids, git } = makeRepository([
    { message: 'start', files: { '.gitignore': 'build/\n.gilt/\ngolden/\n' } },
    ...silent(3),
    { message: 'does not build', removed: ['src/guest.bin'] },
    change('repaired', letters('H')),
    change('culprit', letters('h')),
    ...silent(2, 'later'),
  ]);
  git('checkout', '--quiet', ids[0]);
  writeFiles(folder, { 'build/guest.img': letters('H') });
  expect((await gilt(folder, ['bless'])).code).toBe(0);
  git('bisect', 'start', ids[8], ids[0]);
  const out = git('bisect', 'run', process.execPath, cli, 'gate', '--bisect');
  expect(out).toContain(`${ids[6]} is the first bad commit`);
});

/** A dead process that nobody has buried yet counts as gone. */
function isRunning(pid: number): boolean {
  const { stdout } = spawnSync('ps', ['-o', 'stat=', '-p', `${pid}`], { encoding: 'utf8' });
  return stdout.trim() !== '' && !stdout.startsWith('Z');
}
