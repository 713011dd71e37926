import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { elf, multiboot1 } from '../../emulator/boot/kernels.ts';
import { gilt } from '../host-stub.ts';
import { bootSector, HALTING_GUEST, makeFolder, snapshotOf } from '../project-folder.ts';

// A row of text, "hello 'x'", from the sector itself to text memory by lodsb and stosb with attribute 7; then what follows.
const MESSAGE = "hello 'x'";
function printing(rest: readonly number[]): Uint8Array {
  const code = [
    0x31,
    0xc0,
    0x8e,
    0xd8,
    0xb8,
    0x00,
    0xb8,
    0x8e,
    0xc0,
    0x31,
    0xff,
    0xbe,
    0x80,
    0x7c,
    0xb9,
    MESSAGE.length,
    0,
  ];
  const loop = [0xac, 0xaa, 0xb0, 0x07, 0xaa, 0xe2, 0xf9];
  const sector = bootSector([...code, ...loop, ...rest]);
  sector.set(new TextEncoder().encode(MESSAGE), 0x80);
  return sector;
}
const WAITING = printing([0xfb, 0xf4, 0xeb, 0xfd]); // sti; hlt; jmp to the hlt
const BUSY = printing([0x40, 0xeb, 0xfd]); // inc ax; jmp

const kernel = (file: string) => readFileSync(join('kernel/build', file));
const read = (folder: string, file: string) => readFileSync(join(folder, file), 'utf8');

describe('in a folder with an image, an ELF and a Makefile', () => {
  test('init writes a project that gates after one blessing', async () => {
    const folder = makeFolder({
      'build/os.img': kernel('539kernel.img'),
      'build/boot.bin': bootSector([0xeb, 0xfe]),
      'build/other.elf': readFileSync('kernel/burrow/build/burrow.elf'),
      'build/os.elf': kernel('539kernel.elf'),
      'src/main.o': new Uint8Array([0x7f, 0x45, 0x4c, 0x46, 1, 1]),
      Makefile: 'build/os.img:\n\tnasm -f elf32 boot.asm\n\tgcc -m32 -c main.c\n',
    });
    const { code, out, err } = await gilt(folder, ['init']);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(/^found build\/os\.img, a bootable image \(there is 1 more, such as build\/boot\.bin\)\n/);
    expect(out).toContain('found build/os.elf, its symbols\nfound a Makefile: `make` builds it\n');
    expect(out).toContain('wrote scenarios/boot.scenario.ts: it waits for the text "4 processes are ready"\n');
    expect(out).toContain('  | 539kernel version G\n');
    expect(out).toContain('npx gilt bless');
    expect(read(folder, 'gilt.config.ts')).toMatch(
      /symbols: 'build\/os\.elf'.*build: 'make'.*\{ name: 'kalloc', args: 1 \}/s,
    );
    expect(read(folder, '.gitignore')).toBe('.gilt/\n');
    expect(read(folder, '.gitattributes')).toContain('golden/**/summary.txt diff\n');
    const workflow = read(folder, '.github/workflows/gilt.yml');
    expect(workflow).toContain('apt-get install -y nasm gcc-multilib\n      - run: make\n');
    expect(workflow).toContain('npx gilt gate --reporter terminal --reporter github --reporter junit=');
    expect((await gilt(folder, ['gate'])).code).toBe(1);
    expect((await gilt(folder, ['bless'])).code).toBe(0);
    expect((await gilt(folder, ['gate'], { CI: 'true' })).out).toBe('same boot\n1 of 1 scenarios same\n');
  });

  test('what is there is kept, byte for byte, and lines are added once', async () => {
    const files = {
      'os.img': WAITING,
      'gilt.config.ts': `export default { image: 'os.img', scenarios: 'runs' };`,
      '.gitignore': 'build/\n*.o', // without a newline at its end
      '.gitattributes': 'golden/**/summary.txt diff\n',
      '.github/workflows/gilt.yml': 'name: mine\n',
    };
    const folder = makeFolder(files);
    const first = await gilt(folder, ['init']);
    expect(first.out).toContain('kept gilt.config.ts as it was\nwrote runs/boot.scenario.ts');
    expect(first.out).toContain('kept .github/workflows/gilt.yml as it was');
    expect(read(folder, '.gitignore')).toBe('build/\n*.o\n.gilt/\n');
    const before = snapshotOf(folder);
    const again = await gilt(folder, ['init']);
    expect(again.code).toBe(0);
    expect(again.out).not.toMatch(/wrote|added/);
    expect(snapshotOf(folder)).toEqual(before);
  });
});

describe('the first scenario waits for', () => {
  test.each([
    ['the last text of a kernel that waits', WAITING, `await driver.runUntilText('hello \\'x\\'');`],
    ['the end of a kernel that halts for good', HALTING_GUEST, 'await driver.runUntilStop();'],
    ['some instructions of one that is always busy', BUSY, 'await driver.runFor(5_000_000);'],
    ['the first wait of one that shows no text', bootSector([0xfb, 0xf4, 0xeb, 0xfd]), 'await driver.runUntilIdle();'],
  ])('%s', async (_what, image, wait) => {
    const folder = makeFolder({ 'os.img': image });
    expect((await gilt(folder, ['init'])).code).toBe(0);
    expect(read(folder, 'scenarios/boot.scenario.ts')).toContain(`    ${wait}\n`);
    if (image !== BUSY) expect((await gilt(folder, ['bless'])).err).toBe('');
  });
});

test('without a disk image a kernel with a multiboot header is booted', async () => {
  const code = [...multiboot1(0), 0xfa, 0xf4]; // cli; hlt
  const content = new Uint8Array(code);
  const folder = makeFolder({
    'src/other.elf': elf({ content: new Uint8Array(4), entry: 0x10_0000 }),
    'os.elf': elf({ content, entry: 0x10_000c }),
  });
  const { out } = await gilt(folder, ['init']);
  expect(out).toMatch(/^found os\.elf, a multiboot kernel\n/);
  expect(out).toContain('it waits for the end: the guest halted');
});

test('functions that may be allocators are named in the config', async () => {
  const burrow = (file: string) => readFileSync(join('kernel/burrow/build', file));
  const folder = makeFolder({ 'os.img': burrow('burrow.img'), 'os.elf': burrow('burrow.elf') });
  await gilt(folder, ['init']);
  expect(read(folder, 'gilt.config.ts')).toMatch(
    /\/\/ By their names these may be some: .*bmalloc, bcalloc, .*\n {2}\/\/ allocators: \[/,
  );
});

test('in a folder of a larger repository the workflow goes to its root and works in the folder', async () => {
  const repository = makeFolder({ 'kernels/one/os.img': WAITING });
  mkdirSync(join(repository, '.git'));
  const { out } = await gilt(join(repository, 'kernels/one'), ['init']);
  expect(out).toContain('wrote ../../.github/workflows/gilt.yml\n');
  const workflow = read(repository, '.github/workflows/gilt.yml');
  expect(workflow).toContain('        working-directory: "kernels/one"\n');
  expect(workflow).toContain('          path: "kernels/one/.gilt/report"\n');
});

describe('errors', () => {
  test.each([
    ['an empty folder', {}, /no bootable disk image .* in this folder: put it here/],
    ['a folder that is not built yet', { Makefile: 'all:\n' }, /no bootable disk image .*: run `make` first/],
    ['an image without the signature', { 'os.img': new Uint8Array(512) }, /no bootable disk image/],
  ])('%s is left as it is', async (_what, files, message) => {
    const folder = makeFolder(files);
    const before = snapshotOf(folder);
    const { code, err } = await gilt(folder, ['init']);
    expect(code).toBe(2);
    expect(err).toMatch(message);
    expect(snapshotOf(folder)).toEqual(before);
  });

  test('a file where a folder should be is named', async () => {
    const folder = makeFolder({ 'os.img': WAITING, '.github': 'a file' });
    const { code, err } = await gilt(folder, ['init']);
    expect(code).toBe(2);
    expect(err).toMatch(/\.github\/workflows\/gilt\.yml: /);
  });
});
