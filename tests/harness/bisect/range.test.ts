import { describe, expect, test } from 'vitest';
import { gilt } from '../host-stub.ts';
import { change, letters, makeRepository, short, silent } from './repository.ts';

describe('gilt bisect --all', () => {
  test('attributes each of several changes, one that is changed back included, and tries no commit twice', async () => {
    const { folder, ids, builds } = makeRepository([
      { message: 'start' },
      ...silent(4),
      change('port', letters('H', 'i', 1)),
      ...silent(6, 'second'),
      change('letter', letters('H', 'o', 1)),
      ...silent(5, 'third'),
      change('port back', letters('H', 'o', 0)),
      ...silent(4, 'fourth'),
    ]);
    const { code, out } = await gilt(folder, ['bisect', '--good', ids[0], '--all', '--jobs', '2']);
    expect(code).toBe(0);
    const changes = [...out.matchAll(/^(\w+) changes behaviour$/gm)].map(([, id]) => id);
    expect(changes).toEqual([ids[5], ids[12], ids[18]].map(short));
    expect(out).toContain('a later commit changes it back');
    expect(out).toMatch(/port 0x80/);
    expect(builds()).toBeLessThan(16);
  });

  test('says so when nothing changes', async () => {
    const { folder, ids } = makeRepository([{ message: 'start' }, ...silent(3)]);
    const { code, out } = await gilt(folder, ['bisect', '--good', ids[0], '--all']);
    expect(out).toMatch(/^no change of behaviour\n/);
    expect(code).toBe(0);
  });
});

describe('gilt log', () => {
  test('is a line for each commit that changes behaviour, with its lenses; the others are folded', async () => {
    const { folder, ids, git } = makeRepository([
      { message: 'start' },
      ...silent(2),
      change('port', letters('H', 'i', 1)),
      { message: 'break the build', removed: ['src/guest.bin'] },
      change('repair, with another letter', letters('H', 'o', 1)),
      ...silent(1, 'later'),
    ]);
    const { code, out } = await gilt(folder, ['log', `${ids[0]}..`]);
    expect(code).toBe(0);
    const lines = out.split('\n');
    expect(lines[0].trim()).toBe('.. 2 silent commits');
    expect(lines[1]).toMatch(new RegExp(`^${short(ids[3])} ports +port \\(Ann Author\\)$`));
    expect(lines[2]).toMatch(new RegExp(`^${short(ids[4])} \\? +break the build .*does not build`));
    expect(lines[3]).toMatch(new RegExp(`^${short(ids[5])} screen .*\\[since ${short(ids[3])}\\]$`));
    expect(lines[4].trim()).toBe('.. 1 silent commit');
    expect(git('worktree', 'list').split('\n')).toHaveLength(1);
  });

  test('what commits and builds say cannot reach the terminal raw', async () => {
    const evil = '\u001b]0;owned\u0007\u202e';
    const { folder } = makeRepository(
      [
        { message: 'start' },
        change(`letter ${evil}`, letters('H', 'o'), { author: `Eve ${evil}` }),
        { message: `broken ${evil}`, files: { 'src/fails': '1' } },
      ],
      {
        build: `if [ -e src/fails ]; then printf 'error: \\033[31m'; exit 1; fi; mkdir -p build && cp src/guest.bin build/guest.img`,
      },
    );
    const { out } = await gilt(folder, ['log', 'HEAD~2..']);
    const { out: found } = await gilt(folder, ['bisect', '--good', 'HEAD~2', '--bad', 'HEAD~1']);
    const { err } = await gilt(folder, ['bisect', '--good', 'HEAD~2']);
    expect(err).toContain('error: ');
    for (const text of [out, found, err]) {
      expect(text).toMatch(/\\x1b/);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be there
      expect(text).not.toMatch(/[\u0007\u001b\u202e]/);
    }
  });

  test('a merge tells only what neither of its parents has', async () => {
    const { folder, ids } = makeRepository([
      { message: 'start' },
      change('port', letters('H', 'i', 1)),
      { message: 'letter', files: { 'src/guest.bin': letters('H', 'o') }, from: 0 },
      { message: 'merge', files: { 'src/guest.bin': letters('H', 'o', 1) }, from: 1, merge: 2 },
    ]);
    const { out } = await gilt(folder, ['log', `${ids[0]}..${ids[3]}`]);
    expect(out).toContain(`${short(ids[1])} ports`);
    expect(out).toMatch(new RegExp(`^${short(ids[2])} screen`, 'm'));
    expect(out).not.toContain(short(ids[3]));
  });
});

describe('wrong usage', () => {
  const usage: readonly (readonly [string, readonly string[], RegExp])[] = [
    ['a revision that is none', ['bisect', '--good', 'nowhere'], /there is no commit "nowhere"/],
    ['the ends the wrong way round', ['bisect', '--good', 'HEAD', '--bad', 'HEAD~1'], /it is the other way round/],
    ['the same commit twice', ['bisect', '--good', 'HEAD'], /are the same commit/],
    ['a bad commit that behaves', ['bisect', '--good', 'HEAD~2', '--bad', 'HEAD~1'], /nothing to look for/],
    ['no good commit', ['bisect'], /good/],
    ['a lens that is none', ['bisect', '--good', 'HEAD~1', '--lens', 'sound'], /no lens "sound"/],
    ['a scenario that is none', ['bisect', '--good', 'HEAD~1', '--scenario', 'helo'], /did you mean hello\?/],
    ['no jobs at all', ['bisect', '--good', 'HEAD~1', '--jobs', '0'], /--jobs/],
    ['a log of no range', ['log', 'HEAD'], /a range is written/],
  ];

  test('each mistake is one line and exit code 2', async () => {
    const { folder } = makeRepository([{ message: 'start' }, ...silent(2)]);
    for (const [mistake, args, message] of usage) {
      const { code, out, err } = await gilt(folder, args);
      expect(err, mistake).toMatch(message);
      expect(err.trim().split('\n'), mistake).toHaveLength(1);
      expect([code, out], mistake).toEqual([2, '']);
    }
  });

  test('a config without a build command is told what to add', async () => {
    const config = "export default { image: 'build/guest.img' };\n";
    const { folder } = makeRepository([{ message: 'start', files: { 'gilt.config.ts': config } }, ...silent(1)]);
    const { code, err } = await gilt(folder, ['bisect', '--good', 'HEAD~1']);
    expect(err).toContain('has no field "build"');
    expect(code).toBe(2);
  });
});
