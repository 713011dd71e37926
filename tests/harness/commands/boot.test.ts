import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Terminal, TerminalListener } from '../../../harness/live/terminal.ts';
import { decodePng } from '../../../harness/report/png.ts';
import { multiboot1 } from '../../emulator/boot/kernels.ts';
import { gilt } from '../host-stub.ts';
import { MULTIBOOT_KERNEL } from '../multiboot-kernel.ts';
import { bootSector, HALTING_GUEST, HELLO_GUEST, makeFolder } from '../project-folder.ts';

const ESCAPE = '\x1b';
const BURROW = join(process.cwd(), 'kernel/burrow/build/burrow.img');

/** mov dx, 3F8h; out dx, al for each byte; in al, 5Ah (no such port); cli; hlt */
const SERIAL_GUEST = bootSector([
  0xba, 0xf8, 0x03,
  ...[...Buffer.from('Hi\x1b\xff', 'latin1')].flatMap((byte) => [0xb0, byte, 0xee]),
  0xe4, 0x5a, 0xfa, 0xf4,
]); // biome-ignore format: instructions

/** 64x64 pixels of 32 bits by the Bochs VBE ports, the first one red; then it waits for ever. */
const VBE_KERNEL = Uint8Array.from([
  ...multiboot1(0x10000, 0x100000, 0x100000, 0, 0, 0x100020),
  ...[[1, 64], [2, 64], [3, 32], [4, 0x41]].flatMap(([index, value]) => [
    0x66, 0xba, 0xce, 0x01, 0x66, 0xb8, index, 0, 0x66, 0xef, // mov dx, 1CEh; mov ax, index; out dx, ax
    0x42, 0x66, 0xb8, value, 0, 0x66, 0xef, // inc edx; mov ax, value; out dx, ax
  ]),
  0xc7, 0x05, 0, 0, 0, 0xfd, 0, 0, 0xff, 0, // mov dword [FD000000h], 00FF0000h
  0xf3, 0x90, 0xeb, 0xfc, // pause; jmp to it
]); // biome-ignore format: instructions

/** A terminal that types when the guest has shown something; it keeps what was written. */
class FakeTerminal implements Terminal {
  readonly columns = 100;
  readonly rows = 30;
  written = '';
  isOpen = false;
  readonly #script: [string, string][];
  #listener: TerminalListener | undefined;

  constructor(script: readonly (readonly [shown: string, typed: string])[]) {
    this.#script = script.map(([shown, typed]) => [shown, typed]);
  }

  write(text: string): void {
    this.written += text;
    const [shown, typed] = this.#script[0] ?? [];
    if (shown === undefined || typed === undefined || !this.written.includes(shown)) return;
    this.#script.shift();
    setImmediate(() => this.#listener?.onBytes(Buffer.from(typed)));
  }

  open(listener: TerminalListener): void {
    this.isOpen = true;
    this.#listener = listener;
  }

  close(): void {
    this.isOpen = false;
    this.#listener = undefined;
  }
}

test('without a terminal the last screen is printed, and why it ended on stderr', async () => {
  const folder = makeFolder({ 'guest.img': HALTING_GUEST });
  const { code, out, err } = await gilt(folder, ['boot', 'guest.img']);
  expect([code, out]).toEqual([0, 'Hi\n']);
  expect(err).toMatch(/^the guest halted with interrupts off, after \d+ instructions in 0x[0-9a-f]{8}\n$/);
});

test('a guest that jumps on the spot with interrupts off ends at once', async () => {
  const folder = makeFolder({ 'guest.img': bootSector([0xfa, 0xeb, 0xfe]) });
  const { code, err } = await gilt(folder, ['boot', 'guest.img', '--clock', 'instructions']);
  expect([code, err]).toEqual([
    0,
    expect.stringMatching(/^the guest jumps on the spot with interrupts off, after \d{7} /),
  ]);
});

test('a guest that waits for ever ends when nothing new comes', async () => {
  const { code, err } = await gilt(makeFolder({ 'guest.img': HELLO_GUEST }), ['boot', 'guest.img']);
  expect([code, err]).toEqual([0, expect.stringContaining('nothing new came any more from the guest')]);
});

test('a guest that writes to a port while it waits for ticks gets them at a PC’s pace', async () => {
  // mov bx, [46Ch]; add bx, 4; again: out 80h, al; cmp bx, [46Ch]; jne again; cli; hlt
  const wait = [0x8b, 0x1e, 0x6c, 0x04, 0x83, 0xc3, 0x04, 0xe6, 0x80, 0x3b, 0x1e, 0x6c, 0x04, 0x75, 0xf8, 0xfa, 0xf4];
  const { err } = await gilt(makeFolder({ 'guest.img': bootSector([0xfb, ...wait]) }), ['boot', 'guest.img']);
  const [, instructions] = err.match(/halted with interrupts off, after (\d+) /) ?? [];
  expect(Number(instructions)).toBeLessThan(2_000_000); // four ticks by the busy limit: 8 million
});

test('a guest that works for long with the timer masked isn’t taken for one that rests', async () => {
  // mov al, FFh; out 21h, al; mov ecx, 220,000,000; again: dec ecx; jnz again; cli; hlt
  const work = [0xb0, 0xff, 0xe6, 0x21, 0x66, 0xb9, 0x00, 0xee, 0x1c, 0x0d, 0x66, 0x49, 0x75, 0xfc, 0xfa, 0xf4];
  const { err } = await gilt(makeFolder({ 'guest.img': bootSector(work) }), ['boot', 'guest.img']);
  expect(err).toContain('halted with interrupts off');
});

test('--serial prints the bytes of COM1 as they are, and the list tells what is not there', async () => {
  const folder = makeFolder({ 'guest.img': SERIAL_GUEST });
  const { out, err } = await gilt(folder, ['boot', 'guest.img', '--serial']);
  expect(out).toBe('Hi\x1b\xff');
  expect(err).toMatch(/The guest touched what isn't there:\n {2}read of port 0x5a: once, first at 0x00007c0f /);
});

test('waits and keys take turns, and the run ends after the last wait', async () => {
  const steps = ['--until', 'text:Try help', '--keys', 'mem\\n', '--until', 'text:in 3 blocks'];
  const { code, out, err } = await gilt(makeFolder(), ['boot', BURROW, ...steps]);
  expect([code, out]).toEqual([0, expect.stringContaining('burrow> mem\n216 bytes in 3 blocks')]);
  expect(err).toContain('the guest came to where it should');
});

test('a wait that is not met is told: exit code 1', async () => {
  const folder = makeFolder({ 'guest.img': HALTING_GUEST });
  const { code, err } = await gilt(folder, ['boot', 'guest.img', '--until', 'text:Ho']);
  expect([code, err]).toEqual([1, expect.stringContaining('waited for the text "Ho" on the screen in vain')]);
});

test('a wait may take more instructions than a scenario would give it', async () => {
  const count = [0x66, 0xb9, 0x00, 0x87, 0x93, 0x03, 0x66, 0x49, 0x75, 0xfc]; // mov ecx, 60,000,000; dec ecx; jnz
  const guest = bootSector([...count, 0xba, 0xf8, 0x03, 0xb0, 0x21, 0xee, 0xf4]); // '!' to COM1; hlt
  const { code, out } = await gilt(makeFolder({ 'guest.img': guest }), [
    ...['boot', 'guest.img', '--serial', '--until', 'serial:!'],
  ]);
  expect([code, out]).toEqual([0, '!']);
});

test('a triple fault is exit code 1', async () => {
  const guest = bootSector([0x0f, 0x01, 0x1e, 0x00, 0x7d, 0x0f, 0x20, 0xc0, 0x40, 0x0f, 0x22, 0xc0, 0xcc]); // lidt (a limit of 0); CR0.PE; int3
  const { code, err } = await gilt(makeFolder({ 'guest.img': guest }), ['boot', 'guest.img']);
  expect([code, err]).toEqual([1, expect.stringContaining('triple fault')]);
});

test('a multiboot kernel gets its command line and its modules', async () => {
  const folder = makeFolder({ 'kernel.bin': MULTIBOOT_KERNEL, 'data.txt': 'module' });
  const options = ['--append', 'quiet ', '--module', 'data.txt with arguments', '--serial'];
  const { code, out, err } = await gilt(folder, ['boot', 'kernel.bin', ...options]);
  expect([code, out, err]).toEqual([0, 'quiet module', expect.stringContaining('halted with interrupts off')]);
});

test('a flat image is put where --load says', async () => {
  const folder = makeFolder({ 'flat.bin': Uint8Array.of(0xfa, 0xf4) });
  const { code, err } = await gilt(folder, ['boot', 'flat.bin', '--load', '0x200000']);
  expect([code, err]).toEqual([0, expect.stringMatching(/after 2 instructions in 0x00200002/)]);
});

test('--png writes the last screen', async () => {
  const folder = makeFolder({ 'guest.img': HALTING_GUEST });
  await gilt(folder, ['boot', 'guest.img', '--png', 'last.png']);
  expect(existsSync(join(folder, 'last.png'))).toBe(true);
});

test('in a terminal the screen is drawn, keys reach the guest, Ctrl-C leaves and puts the terminal right', async () => {
  const terminal = new FakeTerminal([
    ['burrow>', 'mem\r'],
    ['blocks,', '\x03'],
  ]);
  const { code, out, err } = await gilt(makeFolder(), ['boot', BURROW], {}, [], terminal);
  expect([code, terminal.isOpen]).toEqual([0, false]);
  expect(terminal.written.startsWith(`${ESCAPE}[?1049h`)).toBe(true);
  expect(terminal.written.endsWith(`${ESCAPE}[?25h${ESCAPE}[?1049l`)).toBe(true);
  expect(out).toContain('216 bytes in 3 blocks'); // stays to be read
  expect(err).toContain('left while the guest was running');
});

test('a graphics mode is drawn as a picture in the terminal, and told of in plain text', async () => {
  const folder = makeFolder({ 'kernel.bin': VBE_KERNEL });
  const terminal = new FakeTerminal([['▀', '\x03']]);
  const drawn = await gilt(folder, ['boot', 'kernel.bin', '--graphics', 'blocks'], {}, [], terminal);
  expect(terminal.written).toContain('\x1b[38;2;255;0;0;48;2;0;0;0m▀');
  expect([drawn.code, drawn.out]).toEqual([0, '(a picture of 64x64 pixels; --png FILE writes it)\n']);
  expect((await gilt(folder, ['boot', 'kernel.bin', '--png', 'last.png'])).out).toBe(drawn.out);
  expect(decodePng(readFileSync(join(folder, 'last.png')))).toMatchObject({ width: 64, height: 64 });
});

test('in a terminal a guest that can never wake ends the run by itself', async () => {
  const folder = makeFolder({ 'guest.img': SERIAL_GUEST });
  const terminal = new FakeTerminal([]);
  const { err } = await gilt(folder, ['boot', 'guest.img', '--serial'], {}, [], terminal);
  expect(terminal.written).toBe('Hi\\x1b\ufffd');
  expect(err).toContain('the guest halted with interrupts off');
});

test.each([
  [['boot', 'none.img'], 'none.img: no such file'],
  [['boot', 'guest.img', '--memory', '0'], '--memory 0: give MiB, from 1 to 1024'],
  [['boot', 'guest.img', '--memory', 'much'], '--memory NaN: give MiB, from 1 to 1024'],
  [['boot', 'guest.img', '--as', 'cd', '--module', 'guest.img'], 'guest.img: a disk image gets no modules'],
  [['boot', 'guest.img', '--load', 'there'], '--load there: give an address, for example 0x100000'],
  [['boot', 'guest.img', '--load', '0x80000000'], 'loadAt is 2147483648; it must be an address'],
  [['boot', 'guest.img', '--module', 'none.txt'], 'none.txt: no such file'],
  [['boot', 'empty.img'], 'empty.img: not bootable: 0 bytes, a boot sector has 512'],
  [['boot', 'guest.img', '--until', 'soon'], '--until: "soon" is nothing to wait for'],
])('%j is a clear error', async (args, message) => {
  const { code, err } = await gilt(makeFolder({ 'guest.img': HALTING_GUEST, 'empty.img': '' }), args);
  expect([code, err]).toEqual([2, `gilt: ${err.slice(6)}`]);
  expect(err).toContain(message);
});

test('a guest that polls for ticks and keys gets both, and time passes fast', async () => {
  // ask: mov ah, 1; int 16h; jnz GOT; mov ah, 0; int 1Ah; jmp ask; GOT: mov ah, 0Eh; mov bx, 7; int 10h; cli; hlt
  const polling = bootSector([
    0xb4, 0x01, 0xcd, 0x16, 0x75, 0x06, 0xb4, 0x00, 0xcd, 0x1a, 0xeb, 0xf4, 0xb4, 0x0e, 0xbb, 0x07, 0x00, 0xcd, 0x10,
    0xfa, 0xf4,
  ]); // biome-ignore format: instructions
  const folder = makeFolder({ 'guest.img': polling });
  const { code, out } = await gilt(folder, [
    'boot',
    'guest.img',
    '--keys',
    'q',
    '--until',
    'ticks:40',
    '--until',
    'stop',
  ]);
  expect([code, out]).toEqual([0, 'q\n']);
});
