import { join } from 'node:path';
import { expect, test } from 'vitest';
import { gilt, type Outcome } from '../host-stub.ts';
import { bootSector, makeProject, scenarioText, snapshotOf } from '../project-folder.ts';

// What lies at 9000h becomes a character on the screen: mov ax, B800h; mov es, ax; 10 nops; mov bl,
// [9000h]; 6 nops; mov es:[0], bl; sti; hlt; jmp to the hlt
const READS_UNWRITTEN = bootSector([
  ...[0xb8, 0x00, 0xb8, 0x8e, 0xc0],
  ...new Array(10).fill(0x90),
  ...[0x8a, 0x1e, 0x00, 0x90],
  ...new Array(6).fill(0x90),
  ...[0x26, 0x88, 0x1e, 0, 0, 0xfb, 0xf4, 0xeb, 0xfd],
]);
const FIRST_READ = 12; // instructions before the read

const BODY = `
  await driver.runTicks(3);
  driver.checkpoint('three-ticks');
  await driver.runTicks(3);
  driver.checkpoint('six-ticks');
`;

function withFill(fill: string): string {
  return scenarioText(BODY).replace('run:', `machine: { ramFill: ${fill} }, run:`);
}

/** Records scenarios of a guest, and compares the first two. */
async function divergence(scenarios: { readonly [name: string]: string }, guest = READS_UNWRITTEN): Promise<Outcome> {
  const files = Object.entries(scenarios).map(([name, text]) => [`scenarios/${name}.scenario.ts`, text]);
  const folder = makeProject({ 'guest.img': guest, ...Object.fromEntries(files) });
  const names = Object.keys(scenarios);
  for (const name of names) expect((await gilt(folder, ['record', name, '-o', `${name}.msgpack`])).err).toBe('');
  const before = snapshotOf(folder);
  const outcome = await gilt(folder, ['diverge', ...names.map((name) => `${name}.msgpack`)]);
  expect(snapshotOf(folder)).toEqual(before);
  return outcome;
}

test('a run and itself are the same', async () => {
  const zero = withFill("{ kind: 'zero' }");
  expect(await divergence({ a: zero, b: zero })).toEqual({ code: 0, out: 'same\n', err: '' });
});

test('names the instruction that read what differs, both registers, and that nobody wrote it', async () => {
  const { code, out } = await divergence({
    a: withFill("{ kind: 'zero' }"),
    b: withFill("{ kind: 'byte', value: 0x41 }"),
  });
  expect(code).toBe(1);
  expect(out).toContain(`the first divergent instruction is at icount ${FIRST_READ} (from the start)`);
  expect(out).toContain('the machines differ in ramFill');
  expect(out).toMatch(/^ {2}mov bl, byte \[0x9000\] in 0x00007c0f$/m);
  expect(out).toMatch(/after .*ebx=00000000\*[\s\S]*after .*ebx=00000041\*/);
  expect(out).toMatch(/the memory operand at 0x00009000 holds 00 00 in A, 41 41 in B/);
  expect(out.match(/by nobody: it is as memory was at power-on/g)).toHaveLength(2);
  expect(out).toMatch(/A 19 write 0x000b8000 = 0x00 .*\n {2}B 19 write 0x000b8000 = 0x41/);
});

test('tells who wrote last what differs', async () => {
  const body = (byte: number) =>
    `await driver.runFor(4); driver.writeMemory(0x9000, new Uint8Array([${byte}]));${BODY}`;
  const { out } = await divergence({ a: scenarioText(body(1)), b: scenarioText(body(2)) });
  expect(out).toMatch(/the runs part by an input/);
  expect(out).toMatch(/A 4 input memory 0x00009000 = 01\n {2}B 4 input memory 0x00009000 = 02/);
});

test('looks only behind the last checkpoint that both have in common', async () => {
  const keys = `${BODY} driver.press('a'); await driver.runTicks(2);`;
  const { code, out } = await divergence({ a: scenarioText(keys), b: scenarioText(keys.replace("'a'", "'b'")) });
  expect(code).toBe(1);
  expect(out).toMatch(/A (\d+) input scancodes 1e 9e\n {2}B \1 input scancodes 30 b0/);
});

test('two runs that differ in unread memory alone have no divergent instruction', async () => {
  const guest = bootSector([0xfb, 0xf4, 0xeb, 0xfd]);
  const fills = { a: withFill("{ kind: 'zero' }"), b: withFill("{ kind: 'byte', value: 1 }") };
  const { code, out } = await divergence(fills, guest);
  expect(out).toMatch(/^no instruction diverges/);
  expect(code).toBe(0);
});

test('of two kernels names the instruction that was changed, though nothing recorded shows it yet', async () => {
  const folder = makeProject({ 'guest.img': READS_UNWRITTEN, 'scenarios/hello.scenario.ts': scenarioText(BODY) });
  await gilt(folder, ['record', 'hello', '-o', 'a.msgpack']);
  const other = READS_UNWRITTEN.slice();
  other[6] = 0x40; // inc ax for the second nop
  const changed = makeProject({ 'guest.img': other, 'scenarios/hello.scenario.ts': scenarioText(BODY) });
  await gilt(changed, ['record', 'hello', '-o', 'b.msgpack']);
  const { code, out } = await gilt(folder, ['diverge', 'a.msgpack', join(changed, 'b.msgpack')]);
  expect(code).toBe(1);
  expect(out).toContain('the images differ');
  expect(out).toContain('first divergent instruction is at icount 3 ');
  expect(out).toMatch(/^ {2}nop in [\s\S]*^ {2}inc ax in /m);
});

test('a damaged trace is one line and exit code 2', async () => {
  const folder = makeProject({ 'a.msgpack': 'no trace', 'b.msgpack': 'neither' });
  const { code, err, out } = await gilt(folder, ['diverge', 'a.msgpack', 'b.msgpack']);
  expect(err).toMatch(/^gilt: .*a\.msgpack.*\n$/);
  expect([code, out]).toEqual([2, '']);
});

// xor ax, ax; mov ds, ax; mov eax, cr4; or ax, 200h; mov cr4, eax; fninit; fld dword [9000h]; 6 nops; fst dword [9010h]; sti; hlt
const LOADS_FLOAT = bootSector([
  ...[0x31, 0xc0, 0x8e, 0xd8, 0x0f, 0x20, 0xe0, 0x0d, 0x00, 0x02, 0x0f, 0x22, 0xe0, 0xdb, 0xe3],
  ...[0xd9, 0x06, 0x00, 0x90, ...new Array(6).fill(0x90), 0xd9, 0x16, 0x10, 0x90, 0xfb, 0xf4, 0xeb, 0xfd],
]);

test('sees a difference in the x87 where it arises, not where it is stored', async () => {
  const { code, out } = await divergence(
    { a: withFill("{ kind: 'zero' }"), b: withFill("{ kind: 'byte', value: 0x3f }") },
    LOADS_FLOAT,
  );
  expect(code).toBe(1);
  expect(out).toMatch(/^ {2}fld dword \[0x9000\] in 0x/m);
  expect(out).toMatch(/after {2}r7=0000\.0{16}\*[\s\S]*after {2}r7=3ffe\.bf3f3f0{10}\*/);
});
