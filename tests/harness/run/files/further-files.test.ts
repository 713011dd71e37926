import { rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { MachineChoice } from '../../../../harness/config/config.ts';
import { loadBootFiles } from '../../../../harness/run/files/boot-files.ts';
import { sha256Of } from '../../../../harness/run/files/carried-file.ts';
import { recordInMemory } from '../../../../harness/run/record-scenario.ts';
import { digestTrace, withWrites } from '../../../../harness/run/regenerate.ts';
import { replay } from '../../../../harness/run/replay.ts';
import type { NamedTrace } from '../../../../harness/run/trace/open-trace.ts';
import type { PlainValue } from '../../../../traces/index.ts';
import { type EmbeddedFile, memorySink, memorySource, openTrace, TraceWriter } from '../../../../traces/index.ts';
import { DISK_GUEST, MODULE_GUEST } from '../../further-guests.ts';
import { gilt } from '../../host-stub.ts';
import { makeFolder, scenarioText } from '../../project-folder.ts';

/** A page of ROM whose reset vector stores "H" to B8000h: mov ax, B800h; mov ds, ax; mov word [0], 0748h; hlt. */
const ROM = new Uint8Array(4096);
ROM.set([0xb8, 0x00, 0xb8, 0x8e, 0xd8, 0xc7, 0x06, 0x00, 0x00, 0x48, 0x07, 0xf4], 0xff0);

const cells = (text: string): Uint8Array => Uint8Array.from(text, (character) => character.charCodeAt(0));
const HELLO = cells('H\x07i\x07');
const disk = (content: Uint8Array): Uint8Array => {
  const bytes = new Uint8Array(64 * 1024);
  bytes.set(content);
  return bytes;
};

interface Guest {
  readonly image: Uint8Array;
  readonly files: { readonly [path: string]: Uint8Array };
  readonly machine: MachineChoice;
  readonly shows: readonly number[]; // what it stores last in the screen's memory
  readonly carried: readonly (readonly [string, string])[];
}

const KERNEL: Guest = {
  image: MODULE_GUEST,
  files: { 'boot/init rd.img': HELLO, 'boot/second.img': HELLO },
  machine: { modules: [{ file: 'boot/init rd.img', arguments: 'root' }, { file: 'boot/second.img' }] },
  shows: [0x07690748, Buffer.from('boot').readUInt32LE()],
  carried: [
    ['module', 'init rd.img'],
    ['module', 'second.img'],
  ],
};
const FLOPPY: Guest = {
  image: DISK_GUEST,
  files: { 'data/disk.img': disk(HELLO) },
  machine: {
    drives: [
      { kind: 'floppy', image: 'image' },
      { kind: 'disk', image: 'data/disk.img' },
    ],
  },
  shows: [0x07690748],
  carried: [['drive', 'data/disk.img']],
};
const FIRMWARE: Guest = {
  image: new Uint8Array(512),
  files: { 'bios.bin': ROM, 'vga.bin': new Uint8Array(512) },
  machine: { bios: 'bios.bin', vgaBios: 'vga.bin' },
  shows: [0x0748],
  carried: [
    ['rom', 'bios.bin'],
    ['vga-rom', 'vga.bin'],
  ],
};
const GUESTS: readonly (readonly [string, Guest])[] = [
  ['a kernel with modules', KERNEL],
  ['a floppy with a second disk', FLOPPY],
  ['a ROM', FIRMWARE],
];

const folderOf = ({ image, files }: Guest): string => makeFolder({ 'guest.img': image, ...files });

async function recorded(guest: Guest, folder = folderOf(guest)) {
  const config = { image: 'guest.img', machine: guest.machine };
  const boot = loadBootFiles({ image: join(folder, 'guest.img'), folder, config });
  const scenario = {
    name: 'test',
    file: 'test.scenario.ts',
    description: 'a test',
    positionOf: () => undefined,
    run: async (driver: { runUntilIcount(icount: number): Promise<void> }) => driver.runUntilIcount(50_000),
  };
  const made = await recordInMemory({ config }, boot, scenario, { engine: 'forms' });
  rmSync(folder, { recursive: true });
  return made;
}

const asTrace = (bytes: Uint8Array): NamedTrace => ({ name: 'test', reader: openTrace(memorySource(bytes, 'test')) });

test.each(GUESTS)('%s is recorded with its files, and replayed from the trace alone', async (_name, guest) => {
  const { trace, bytes } = await recorded(guest);
  const { reader } = trace;
  const further = reader.files().filter(({ role }) => role !== 'image');
  expect(further.map(({ role, name }) => [role, name])).toEqual(guest.carried);
  expect(further.map((file) => reader.fileBytes(reader.files().indexOf(file)))).toEqual(Object.values(guest.files));
  const stores = [...reader.writes({ linearFrom: 0xb8000, linearTo: 0xb8010 })].flatMap(({ count, origin, value }) =>
    [...value.subarray(0, count)].filter((_value, row) => origin[row] === 0),
  );
  expect(stores.slice(-guest.shows.length)).toEqual(guest.shows);
  expect(await replay(asTrace(bytes), { engine: 'oracle' })).toMatchObject({ kind: 'same' });
});

test('a digest trace is recorded anew with the same further files', async () => {
  const { bytes } = await recorded(KERNEL);
  const path = join(makeFolder({ 'whole.msgpack': bytes }), 'whole.msgpack');
  const whole = await withWrites(asTrace(digestTrace(path)));
  expect(whole.reader.files()).toEqual(asTrace(bytes).reader.files());
});

/** A trace with this header, of a run that never began. */
function headerOnly(files: readonly EmbeddedFile[], spec: Readonly<Record<string, PlainValue>>): NamedTrace {
  const sink = memorySink();
  new TraceWriter(sink, { scenario: 's', spec, generator: 'gilt 0.1.0' }, files).close();
  return asTrace(sink.bytes());
}

test('a trace whose files and spec contradict each other is refused by one clear error', async () => {
  const { trace } = await recorded(FLOPPY);
  const { spec } = trace.reader.header;
  const files = trace.reader.files().map((file, number) => ({ ...file, bytes: trace.reader.fileBytes(number) }));
  const [image, drive] = files;
  const short = new Uint8Array(100);
  const again = (carried: readonly EmbeddedFile[], more: Readonly<Record<string, PlainValue>> = {}) =>
    replay(headerOnly(carried, { ...spec, ...more }), { engine: 'forms' });
  await expect(again([drive])).rejects.toThrow('test: carries no image');
  await expect(again([image])).rejects.toThrow('test: carries no data/disk.img, which its spec has in a drive');
  await expect(again(files, { drives: [{ kind: 'floppy', image: 'image' }] })).rejects.toThrow(
    "test: carries data/disk.img for a drive that its spec doesn't have",
  );
  await expect(again([...files, { ...drive, role: 'module' }])).rejects.toThrow(
    'test: carries 1 modules, and its spec names 0',
  );
  await expect(again([image, { ...drive, sha256: 'a'.repeat(64) }])).rejects.toThrow('has another sha256 than its');
  await expect(again([...files, { ...drive, role: 'rom', bytes: short, sha256: sha256Of(short) }])).rejects.toThrow(
    'disk.img: a BIOS has whole pages and at most 262144 bytes',
  );
  await expect(again(files, { modules: [''] })).rejects.toThrow('test: spec.modules[0]');
});

test('a further file that is missing, a folder or too large is named, and where it was written', () => {
  const folder = folderOf(KERNEL);
  writeFileSync(join(folder, 'large.img'), '');
  truncateSync(join(folder, 'large.img'), 2 ** 40);
  const trial = (machine: MachineChoice) => {
    const boot = loadBootFiles({ image: join(folder, 'guest.img'), folder });
    const scenario = { name: 't', file: 't', description: '', positionOf: () => undefined, run: async () => undefined };
    return recordInMemory({ config: { image: '', machine } }, boot, scenario, { engine: 'forms' });
  };
  const modules = [...(KERNEL.machine.modules ?? []), { file: 'nowhere.img' }];
  return Promise.all([
    expect(trial({ modules })).rejects.toThrow(`machine.modules[2]: ${folder}/nowhere.img: no such file`),
    expect(trial({ modules: [{ file: '.' }] })).rejects.toThrow(`machine.modules[0]: ${folder}: is a folder`),
    expect(trial({ drives: [{ kind: 'disk', image: 'large.img' }] })).rejects.toThrow(
      `machine.drives[0]: ${folder}/large.img: too large: 1099511627776 bytes, at most 536870912 are supported`,
    ),
    expect(trial({ vgaBios: 'x' })).rejects.toThrow('machine.vgaBios: belongs to a bios'),
    expect(trial({ modules: new Array(33).fill({ file: 'x' }) })).rejects.toThrow('machine.modules: there are 33'),
  ]);
});

test('a gate runs with the files of the config and of a scenario, and sees that one of them has changed', async () => {
  const scenario = scenarioText(
    `await driver.runUntilText('H'); driver.screenshot('shown'); await driver.runFor(1000);`,
  );
  const own = scenario.replace('run:', `machine: { modules: [{ file: 'own.img' }] },\n  run:`);
  const folder = makeFolder({
    'gilt.config.ts': `export default { image: 'guest.img', machine: ${JSON.stringify(KERNEL.machine)} };`,
    'guest.img': KERNEL.image,
    ...KERNEL.files,
    'own.img': HELLO,
    'scenarios/both.scenario.ts': scenario,
    'scenarios/own.scenario.ts': own,
  });
  expect(await gilt(folder, ['bless'])).toMatchObject({ code: 0, err: '' });
  expect(await gilt(folder, ['gate'])).toMatchObject({ code: 0, err: '' });
  writeFileSync(join(folder, 'own.img'), cells('H\x07o\x07'));
  const { code, out } = await gilt(folder, ['gate']);
  expect(code).toBe(1);
  expect(out).toContain('same both');
  expect(out).toContain('differs own');
  expect((await gilt(folder, ['review', '--list'])).out).toContain('own');
  rmSync(join(folder, 'own.img'));
  expect((await gilt(folder, ['gate', 'own'])).out).toContain(
    `machine.modules[0]: ${join(folder, 'own.img')}: no such`,
  );
});
