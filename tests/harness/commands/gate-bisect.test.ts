import { execFileSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { gilt } from '../host-stub.ts';
import { CHANGED_GUEST, HELLO_GUEST, makeProject } from '../project-folder.ts';

const CONFIG =
  "export default { image: 'build/guest.img', build: 'mkdir -p build && cp guest.bin build/guest.img' };\n";

/** A project that was blessed; `guest` is what stands there since. */
async function blessed(guest: Uint8Array): Promise<string> {
  const folder = makeProject({ 'gilt.config.ts': CONFIG, 'guest.bin': HELLO_GUEST, 'build/guest.img': HELLO_GUEST });
  expect((await gilt(folder, ['bless'])).code).toBe(0);
  writeFileSync(join(folder, 'guest.bin'), guest);
  return folder;
}

test('builds first, and says 0 where nothing differs and 1 where something does', async () => {
  expect((await gilt(await blessed(HELLO_GUEST), ['gate', '--bisect'])).code).toBe(0);
  expect((await gilt(await blessed(CHANGED_GUEST), ['gate', '--bisect'])).code).toBe(1);
});

test('a commit that does not build is 125, with one line that says why', async () => {
  const folder = await blessed(HELLO_GUEST);
  rmSync(join(folder, 'guest.bin'));
  const { code, err } = await gilt(folder, ['gate', '--bisect']);
  expect(code).toBe(125);
  expect(err).toMatch(/^gilt: .*gilt\.config\.ts.* failed with exit code 1: .*guest\.bin.*\n$/);
});

test('an image that does not boot, a missing golden and wrong usage are 125', async () => {
  expect((await gilt(await blessed(new Uint8Array(512)), ['gate', '--bisect'])).code).toBe(125);
  const folder = await blessed(HELLO_GUEST);
  rmSync(join(folder, 'golden'), { recursive: true });
  expect((await gilt(folder, ['gate', '--bisect'])).code).toBe(125);
  expect((await gilt(folder, ['gate', '--bisect', '--bogus'])).code).toBe(125);
  expect((await gilt(folder, ['gate'])).code).toBe(1);
});

test('the build is free of what git sets for its own commands', async () => {
  const folder = await blessed(HELLO_GUEST);
  execFileSync('git', ['init', '--quiet'], { cwd: folder });
  writeFileSync(
    join(folder, 'gilt.config.ts'),
    "export default { image: 'build/guest.img', build: 'test -z \"$GIT_DIR\" && git status' };\n",
  );
  process.env.GIT_DIR = '/nowhere';
  try {
    expect((await gilt(folder, ['gate', '--bisect'])).code).toBe(0);
  } finally {
    delete process.env.GIT_DIR;
  }
});
