import { describe, expect, test } from 'vitest';
import { DISK_GUEST } from '../further-guests.ts';
import { gilt } from '../host-stub.ts';
import { COPY, change, letters, makeRepository, short, silent, writeFiles } from './repository.ts';

/** Makes the run of the commit that is checked out golden. */
async function bless(folder: string): Promise<void> {
  writeFiles(folder, { 'build/guest.img': letters('H') });
  const { code, err } = await gilt(folder, ['bless']);
  expect(err).toBe('');
  expect(code).toBe(0);
}

describe('gilt bisect', () => {
  test('names the commit, its author and subject, and says that taking it back restores the golden', async () => {
    const { folder, ids, git } = makeRepository([
      { message: 'start' },
      ...silent(5),
      change('greet in another way', letters('h'), { author: 'Bea Builder' }),
      ...silent(4, 'later'),
    ]);
    await bless(folder);
    const { code, out, err } = await gilt(folder, ['bisect', '--good', ids[0]]);
    expect(err).toBe('');
    expect(code).toBe(0);
    expect(out).toContain(`${short(ids[6])} is the first commit that changes this`);
    expect(out).toContain('"greet in another way" by Bea Builder, 2023-11-14');
    expect(out).toMatch(/screen letters row 0 .*"hi"/);
    expect(out).toContain('scenario hello, held against the golden run');
    expect(out).toContain(`taking ${short(ids[6])} alone back from ${short(ids[10])} restores the golden run`);
    expect(git('worktree', 'list').split('\n')).toHaveLength(1);
  });

  test('without a golden holds commits against a run of the good one', async () => {
    const { folder, ids } = makeRepository([{ message: 'start' }, ...silent(2), change('change', letters('h'))]);
    const { code, out } = await gilt(folder, ['bisect', '--good', ids[0]]);
    expect(code).toBe(0);
    expect(out).toContain(`${short(ids[3])} is the first commit`);
    expect(out).toContain('held against the run of the good commit');
  });

  test('commits with equal kernels are built once, and nothing is built again by the next bisect', async () => {
    const { folder, ids, builds } = makeRepository([
      { message: 'start' },
      ...['a', 'b', 'c', 'd'].map((text) => ({ message: text, files: { 'golden/note/n.txt': text } })),
      change('change', letters('h')),
      ...['e', 'f', 'g'].map((text) => ({ message: text, files: { 'golden/note/n.txt': text } })),
    ]);
    await bless(folder);
    expect((await gilt(folder, ['bisect', '--good', ids[0]])).out).toContain(`${short(ids[5])} is the first commit`);
    expect(builds()).toBe(2);
    const again = await gilt(folder, ['bisect', '--good', ids[0]]);
    expect(again.out).toContain('0 builds');
    expect(builds()).toBe(2);
  });

  test('a commit that does not build or boot is passed over', async () => {
    const { folder, ids } = makeRepository([
      { message: 'start' },
      ...silent(2),
      { message: 'break the build', removed: ['src/guest.bin'] },
      ...silent(1, 'broken'),
      change('no boot sector', new Uint8Array(512)),
      change('boots again', letters('H', 'i', 1)),
      change('culprit', letters('h', 'i', 1)),
      ...silent(2, 'later'),
    ]);
    await bless(folder);
    const { code, out } = await gilt(folder, ['bisect', '--good', ids[0], '--lens', 'screen']);
    expect(out).toContain(`${short(ids[7])} is the first commit`);
    expect(code).toBe(0);
  });

  test('a stretch of commits that hang is not taken for the change', async () => {
    const hung = letters('H').with(0, 0xfa).with(1, 0xf4); // cli; hlt
    const { folder, ids } = makeRepository([
      { message: 'start' },
      ...silent(1),
      change('hangs at once', hung),
      ...silent(3, 'hung'),
      change('boots again', letters('H', 'i', 1)),
      change('culprit', letters('h', 'i', 1)),
    ]);
    await bless(folder);
    const { out } = await gilt(folder, ['bisect', '--good', ids[0], '--lens', 'screen']);
    expect(out).toContain(`${short(ids[7])} is the first commit`);
  });

  test('a further disk is the one that the build of each commit makes', async () => {
    const data = (text: string): Uint8Array => new Uint8Array(4096).fill(0).with(0, text.charCodeAt(0)).with(1, 7);
    const drives = `[{ kind: 'floppy', image: 'image' }, { kind: 'disk', image: 'build/data.img' }]`;
    const { folder, ids } = makeRepository(
      [
        { message: 'start', files: { 'src/guest.bin': DISK_GUEST, 'src/data.bin': data('A') } },
        ...silent(2),
        { message: 'no disk', removed: ['src/data.bin'] },
        { message: 'a disk again', files: { 'src/data.bin': data('A') } },
        { message: 'culprit', files: { 'src/data.bin': data('B') } },
        ...silent(2, 'later'),
      ],
      { build: `${COPY} && cp src/data.bin build/data.img`, more: `machine: { drives: ${drives} },` },
    );
    const { code, out, err } = await gilt(folder, ['bisect', '--good', ids[0], '--lens', 'screen']);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toContain(`${short(ids[5])} is the first commit`);
  });

  test('where all between cannot be tested, the commits left are listed and the exit code is 1', async () => {
    const { folder, ids, builds } = makeRepository([
      { message: 'start' },
      { message: 'break the build', removed: ['src/guest.bin'] },
      change('repair', letters('h')),
    ]);
    await bless(folder);
    const { code, out } = await gilt(folder, ['bisect', '--good', ids[0]]);
    expect(code).toBe(1);
    expect(out).toContain('one of these 2 commits');
    expect(out).toContain(short(ids[1]));
    expect(out).toContain(short(ids[2]));
    const before = builds();
    await gilt(folder, ['bisect', '--good', ids[0]]);
    expect(builds()).toBe(before + 1); // what failed may work by now
  });

  test('finds a commit on a branch that was merged', async () => {
    const { folder, ids } = makeRepository([
      { message: 'start' },
      ...silent(3),
      { message: 'branch 1', files: { 'doc/branch.txt': '1' }, from: 1 },
      change('culprit', letters('h')),
      { message: 'branch 3', files: { 'doc/branch.txt': '3' } },
      { message: 'merge', files: { 'src/guest.bin': letters('h') }, from: 3, merge: 6 },
      ...silent(2, 'later'),
    ]);
    await bless(folder);
    const single = await gilt(folder, ['bisect', '--good', ids[0]]);
    expect(single.out).toContain(`${short(ids[5])} is the first commit`);
    const all = await gilt(folder, ['bisect', '--good', ids[0], '--all']);
    expect(all.out).toContain(`${short(ids[5])} changes behaviour`);
    expect(all.out).not.toContain(`${short(ids[7])} changes`);
  });

  test('a merge whose parents both behave is named itself', async () => {
    const { folder, ids } = makeRepository([
      { message: 'start' },
      { message: 'main', files: { 'doc/main.txt': '1' } },
      { message: 'branch', files: { 'doc/branch.txt': '1' }, from: 0 },
      { message: 'merge', files: { 'src/guest.bin': letters('h'), 'doc/branch.txt': '1' }, from: 1, merge: 2 },
      ...silent(2, 'later'),
    ]);
    await bless(folder);
    const { out } = await gilt(folder, ['bisect', '--good', ids[0]]);
    expect(out).toContain(`${short(ids[3])} is the first commit`);
    expect(out).toContain('restores the golden run');
    const all = await gilt(folder, ['bisect', '--good', ids[0], '--all']);
    expect(all.out).toContain(`${short(ids[3])} changes behaviour`);
  });

  test('leaves a dirty checkout, its index and its stash as they are', async () => {
    const { folder, ids, git } = makeRepository([{ message: 'start' }, ...silent(2), change('culprit', letters('h'))]);
    await bless(folder);
    writeFiles(folder, { 'src/guest.bin': letters('X'), 'doc/new.txt': 'new', 'doc/staged.txt': 'staged' });
    git('add', 'doc/staged.txt');
    const state = () => [git('status', '--porcelain'), git('stash', 'list'), git('diff'), git('rev-parse', 'HEAD')];
    const before = state();
    const { out } = await gilt(folder, ['bisect', '--good', ids[0]]);
    expect(out).toContain(`${short(ids[3])} is the first commit`);
    expect(state()).toEqual(before);
    expect(git('worktree', 'list').split('\n')).toHaveLength(1);
  });

  test('follows a source file that is renamed in the range', async () => {
    const { folder, ids } = makeRepository(
      [
        { message: 'start' },
        ...silent(2),
        { message: 'rename', files: { 'kernel/sector.bin': letters('H') }, removed: ['src/guest.bin'] },
        ...silent(2, 'between'),
        { message: 'culprit', files: { 'kernel/sector.bin': letters('h') } },
        ...silent(1, 'later'),
      ],
      { build: 'mkdir -p build && cp */*.bin build/guest.img' },
    );
    await bless(folder);
    const { out } = await gilt(folder, ['bisect', '--good', ids[0]]);
    expect(out).toContain(`${short(ids[6])} is the first commit`);
  });

  test('a later change of another kind is not taken for the one that is sought', async () => {
    const { folder, ids } = makeRepository([
      { message: 'start' },
      ...silent(2),
      change('port', letters('H', 'i', 1)),
      ...silent(3, 'between'),
      change('letter', letters('H', 'o', 1)),
      ...silent(2, 'later'),
    ]);
    await bless(folder);
    const ports = await gilt(folder, ['bisect', '--good', ids[0], '--lens', 'ports']);
    expect(ports.out).toContain(`${short(ids[3])} is the first commit`);
    const screen = await gilt(folder, ['bisect', '--good', ids[0], '--lens', 'screen']);
    expect(screen.out).toContain(`${short(ids[7])} is the first commit`);
  });

  test('what was blessed alone is not sought', async () => {
    const { folder, ids } = makeRepository([
      { message: 'start' },
      change('letter, on purpose', letters('H', 'o')),
      ...silent(2, 'between'),
      change('port, by accident', letters('H', 'o', 1)),
    ]);
    await bless(folder);
    writeFiles(folder, { 'build/guest.img': letters('H', 'o', 1) });
    const { out: red } = await gilt(folder, ['gate']);
    const causes = [...red.matchAll(/^ {2}(\w+): .*\[([0-9a-f]{8})\]$/gm)];
    expect(causes.map(([, lens]) => lens)).toContain('ports');
    for (const [, lens, id] of causes) {
      if (lens !== 'ports') expect((await gilt(folder, ['bless', '--only', id])).code, red).toBe(0);
    }
    const { out } = await gilt(folder, ['bisect', '--good', ids[0]]);
    expect(out).toContain(`${short(ids[4])} is the first commit`);
  });

  test('says what could not be tried when taking the commit back conflicts', async () => {
    const { folder, ids } = makeRepository([
      { message: 'start', files: { 'doc/list.txt': '1\n' } },
      { message: 'culprit', files: { 'src/guest.bin': letters('h'), 'doc/list.txt': '1\n2\n' } },
      { message: 'later', files: { 'doc/list.txt': '1\n2\n3\n' } },
    ]);
    await bless(folder);
    const { code, out } = await gilt(folder, ['bisect', '--good', ids[0]]);
    expect(out).toContain("it can't be taken back alone: conflict in doc/list.txt");
    expect(code).toBe(0);
  });
});
