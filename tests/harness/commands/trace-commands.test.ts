import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { gilt } from '../host-stub.ts';
import { CHANGED_GUEST, HALTING_GUEST, makeProject, snapshotOf } from '../project-folder.ts';

async function recordedProject(files: { readonly [path: string]: string | Uint8Array } = {}): Promise<string> {
  const folder = makeProject(files);
  const { code, err } = await gilt(folder, ['record', 'hello']);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  return folder;
}

describe('record', () => {
  test('writes trace.msgpack, by either engine the same bytes', async () => {
    const folder = await recordedProject();
    await gilt(folder, ['record', 'hello', '-o', 'b.msgpack', '--engine', 'oracle']);
    const [a, b] = ['trace.msgpack', 'b.msgpack'].map((name) => readFileSync(join(folder, name)));
    expect(Buffer.compare(a, b)).toBe(0);
  });

  test('a wait that is not met leaves a trace and exit code 1', async () => {
    const folder = makeProject({ 'guest.img': HALTING_GUEST });
    const { code, err } = await gilt(folder, ['record', 'hello']);
    expect(code).toBe(1);
    expect(err).toContain('the guest halted with interrupts off');
    expect((await gilt(folder, ['replay', 'trace.msgpack'])).code).toBe(0);
  });

  test('a file that can not be written is named, and nothing is left beside it', async () => {
    const folder = makeProject({ taken: 'a file' });
    const before = snapshotOf(folder);
    const { code, err } = await gilt(folder, ['record', 'hello', '-o', 'taken/trace.msgpack']);
    expect(code).toBe(2);
    expect(err).toMatch(/^gilt: .*taken\/trace\.msgpack: /);
    expect(snapshotOf(folder)).toEqual(before);
  });
});

describe('replay', () => {
  test('says that all is the same, with counts', async () => {
    const folder = await recordedProject();
    const { code, out } = await gilt(folder, ['replay', 'trace.msgpack', '--engine', 'oracle']);
    expect(code).toBe(0);
    expect(out).toMatch(/^same: \d+ instructions, \d+ writes, \d+ events\n$/);
  });

  test.each<readonly [string, (bytes: Uint8Array) => Uint8Array, RegExp]>([
    ['a truncated trace', (bytes) => bytes.slice(0, -50), /trace\.msgpack, byte \d+: .*a complete trace is needed/],
    ['a trace with a flipped byte', (bytes) => bytes.with(200, bytes[200] ^ 0x10), /trace\.msgpack, byte \d+: /],
    ['what is no trace', () => Uint8Array.from(Buffer.from('hello')), /trace\.msgpack, byte \d+: /],
  ])('%s is refused', async (_name, alter, message) => {
    const folder = await recordedProject();
    const path = join(folder, 'trace.msgpack');
    writeFileSync(path, alter(new Uint8Array(readFileSync(path))));
    const { code, err } = await gilt(folder, ['replay', 'trace.msgpack']);
    expect(code).toBe(2);
    expect(err).toMatch(message);
  });
});

describe('diff', () => {
  test('is 0 for two equal runs, 1 with paragraphs for two that differ', async () => {
    const folder = await recordedProject({ 'other.img': CHANGED_GUEST });
    writeFileSync(join(folder, 'guest.img'), CHANGED_GUEST);
    await gilt(folder, ['record', 'hello', '-o', 'b.msgpack']);
    expect((await gilt(folder, ['diff', 'trace.msgpack', 'trace.msgpack'])).code).toBe(0);
    const { code, out } = await gilt(folder, ['diff', 'trace.msgpack', 'b.msgpack']);
    expect(code).toBe(1);
    expect(out).toMatch(/^differs: /);
    expect((await gilt(folder, ['diff', 'trace.msgpack', 'b.msgpack', '--lens', 'serial'])).code).toBe(0);
  });

  test('works outside a project', async () => {
    const folder = await recordedProject();
    const path = join(folder, 'trace.msgpack');
    expect((await gilt('/', ['diff', path, path])).code).toBe(0);
  });
});

describe('dump', () => {
  test('prints one line for each write and event, in order', async () => {
    const folder = await recordedProject();
    const { code, out } = await gilt(folder, ['dump', 'trace.msgpack']);
    expect(code).toBe(0);
    const lines = out.trimEnd().split('\n');
    const icounts = lines.map((line) => Number(line.split(' ')[0]));
    expect(icounts).toEqual(icounts.toSorted((a, b) => a - b));
    expect(out).toMatch(/^\d+ write 0x000b8000 = 0x0748 \(2 bytes\) in 0x/m);
    expect(lines.at(-1)).toMatch(/ stop the scenario ended/);
  });

  test('--range leaves the writes that touch these linear addresses, --events the kinds, --icount a span', async () => {
    const folder = await recordedProject();
    const writes = (await gilt(folder, ['dump', 'trace.msgpack', '--range', '0xb8002..0xb8003', '--icount', '1..']))
      .out;
    expect(writes).toMatch(/^\d+ write 0x000b8002 = 0x0769 .*\n$/);
    const icount = writes.split(' ')[0];
    expect((await gilt(folder, ['dump', 'trace.msgpack', '--range', '0xb8002', '--icount', icount])).out).toBe(writes);
    const events = await gilt(folder, ['dump', 'trace.msgpack', '--events', 'screen,stop']);
    expect(
      events.out
        .trimEnd()
        .split('\n')
        .map((line) => line.split(' ')[1]),
    ).toEqual(['screen', 'stop']);
  });

  test('of a truncated trace it prints what there is, and says so', async () => {
    const folder = await recordedProject();
    const path = join(folder, 'trace.msgpack');
    writeFileSync(path, readFileSync(path).subarray(0, -30));
    const { code, out, err } = await gilt(folder, ['dump', 'trace.msgpack']);
    expect(code).toBe(2);
    expect(out).not.toBe('');
    expect(err).toMatch(/trace\.msgpack, byte \d+: /);
  });
});

describe('screen', () => {
  test('prints the text of a trace or of a scenario', async () => {
    const folder = await recordedProject();
    for (const source of ['trace.msgpack', 'hello']) {
      const { code, out } = await gilt(folder, ['screen', source]);
      expect(code).toBe(0);
      expect(out).toMatch(/^Hi/);
    }
  });

  test('writes a PNG', async () => {
    const folder = await recordedProject();
    expect((await gilt(folder, ['screen', 'hello', '-o', 'hello.png'])).code).toBe(0);
    expect(readFileSync(join(folder, 'hello.png')).subarray(1, 4).toString()).toBe('PNG');
  });

  test('an unknown name is answered with those there are', async () => {
    const folder = await recordedProject();
    const { code, err } = await gilt(folder, ['screen', 'trace.msgpack', '--name', 'x', '-o', 'x.png']);
    expect(code).toBe(2);
    expect(err).toContain('no screen "x"; there is hello');
    expect(existsSync(join(folder, 'x.png'))).toBe(false);
  });
});
