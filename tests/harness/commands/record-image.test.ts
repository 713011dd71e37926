import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { elf, SHOW_REGISTERS } from '../../emulator/boot/kernels.ts';
import { gilt } from '../host-stub.ts';
import { MULTIBOOT_KERNEL } from '../multiboot-kernel.ts';
import { HALTING_GUEST, HELLO_GUEST, makeFolder, makeProject } from '../project-folder.ts';

const BURROW = join(process.cwd(), 'kernel/burrow/build/burrow');

test('an image is recorded without config and scenario, until the guest is idle', async () => {
  const folder = makeFolder({ 'My Guest.img': HELLO_GUEST });
  const { code, out } = await gilt(folder, ['record', '--image', 'My Guest.img']);
  expect(code).toBe(0);
  expect(out).toMatch(/^my-guest: \d+ instructions, \d+ writes, \d+ events -> trace\.msgpack\n$/);
  expect((await gilt(folder, ['screen', 'trace.msgpack'])).out).toMatch(/^Hi/);
  expect((await gilt(folder, ['replay', 'trace.msgpack', '--engine', 'oracle'])).out).toMatch(/^same/);
});

test('waits and keys take turns, and the recording replays', async () => {
  const folder = makeFolder();
  const steps = ['--until', 'text:Try help', '--keys', 'mem\\n', '--until', 'ticks:2'];
  const image = ['--image', `${BURROW}.img`, '--symbols', `${BURROW}.elf`];
  expect(await gilt(folder, ['record', ...image, ...steps])).toMatchObject({ code: 0 });
  expect((await gilt(folder, ['screen', 'trace.msgpack'])).out).toContain('burrow> mem\n216 bytes in 3 blocks');
  expect((await gilt(folder, ['replay', 'trace.msgpack'])).out).toMatch(/^same/);
});

test('a kernel is recorded like a disk, with its own symbols, and replays from the trace alone', async () => {
  const folder = makeFolder({ 'kernel.elf': elf({ content: Uint8Array.from(SHOW_REGISTERS) }) });
  const { code } = await gilt(folder, ['record', '--image', 'kernel.elf', '--until', 'stop']);
  expect([code, (await gilt(folder, ['replay', 'trace.msgpack'])).out]).toEqual([0, expect.stringMatching(/^same/)]);
});

test('an image is recorded on the machine that `boot` would run it on: module, command line, drives', async () => {
  const folder = makeFolder({
    'kernel.bin': MULTIBOOT_KERNEL,
    'data.txt': 'module',
    'disk.img': new Uint8Array(1 << 20),
  });
  const machine = ['--append', 'a b', '--module', 'data.txt one two', '--memory', '8', '--disk', 'disk.img'];
  const { code } = await gilt(folder, ['record', '--image', 'kernel.bin', '--until', 'stop', ...machine]);
  const { out } = await gilt(folder, ['dump', 'trace.msgpack']);
  const sent = [...out.matchAll(/serial-out com1 0x.. '(.)'/g)].map(([, letter]) => letter).join('');
  expect([code, sent]).toEqual([0, 'a bmodule']);
  expect((await gilt(folder, ['replay', 'trace.msgpack'])).out).toMatch(/^same/);
});

test('a wait that is not met is told, and the trace is there all the same: exit code 1', async () => {
  const folder = makeFolder({ 'guest.img': HALTING_GUEST });
  const { code, err } = await gilt(folder, ['record', '--image', 'guest.img', '--until', 'text:Ho']);
  expect([code, err]).toEqual([1, expect.stringContaining('waited for the text "Ho" on the screen in vain')]);
  expect(existsSync(join(folder, 'trace.msgpack'))).toBe(true);
});

test.each([
  [['record'], 'record takes the name of a scenario, or --image'],
  [['record', 'hello', '--image', 'guest.img'], 'record takes the name of a scenario or --image, not both'],
  [['record', 'hello', '--until', 'idle'], '--symbols, --until and --keys belong to --image'],
  [['record', 'hello', '--memory', '8'], '--memory belongs to --image; a config says it as `machine`'],
  [['record', '--image', 'guest.img', '--disk', 'none.img'], 'none.img: no such file'],
  [['record', '--image', 'guest.img', '--until', 'soon'], '--until: "soon" is nothing to wait for'],
  [['record', '--image', 'guest.img', '--keys', 'é'], 'a US keyboard has no key for "é"'],
  [['record', '--image', 'guest.img', '--until', 'call:main'], 'symbols: none are given'],
  [['record', '--image', 'none.img'], 'none.img: no such file'],
])('%j is a clear error, and nothing is written', async (args, message) => {
  const folder = makeProject();
  const { code, err } = await gilt(folder, args);
  expect([code, err.trimEnd().split('\n').length]).toEqual([2, 1]);
  expect(err).toContain(message);
  expect(existsSync(join(folder, 'trace.msgpack'))).toBe(false);
});
