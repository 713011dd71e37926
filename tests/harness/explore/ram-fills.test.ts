import { expect, test } from 'vitest';
import { ramFills } from '../../../harness/explore/ram/ram-fills.ts';
import { renderRamReport } from '../../../harness/explore/ram/ram-text.ts';
import { bootSector, makeProject, scenarioText } from '../project-folder.ts';

// mov ax, [9000h]; mov [8000h], ax; cli; hlt
const READER = bootSector([0xa1, 0x00, 0x90, 0xa3, 0x00, 0x80, 0xfa, 0xf4]);
// mov word [9000h], 5; and the same
const WRITER = bootSector([0xc7, 0x06, 0x00, 0x90, 5, 0, 0xa1, 0x00, 0x90, 0xa3, 0x00, 0x80, 0xfa, 0xf4]);
// mov ax, [9000h]; test al, 1; jz to the cli; mov al, 'X'; out e9h, al; cli; hlt
const BRANCHER = bootSector([0xa1, 0x00, 0x90, 0xa8, 0x01, 0x74, 0x04, 0xb0, 0x58, 0xe6, 0xe9, 0xfa, 0xf4]);
const SCENARIO = { 'scenarios/run.scenario.ts': scenarioText('await driver.runUntilStop();') };

const report = (guest: Uint8Array) =>
  ramFills({ folder: makeProject({ ...SCENARIO, 'guest.img': guest }), scenario: 'run' });

test('a guest that writes before it reads is the same under every fill', async () => {
  const { runs, first } = await report(WRITER);
  expect(first).toBe('zeros');
  expect(runs.map(({ fill, kind }) => [fill, kind])).toEqual([
    ['bytes 0xff', 'unread'],
    ['pattern 1', 'unread'],
    ['pattern 2', 'unread'],
  ]);
});

test('the reader of memory that nobody wrote is named, with what it read', async () => {
  const found = await report(READER);
  expect(found.runs[0].reader).toMatchObject({
    place: '0x00007c00',
    instruction: expect.stringMatching(/^mov ax/),
    read: [{ linear: 0x9000, expected: [0, 0], actual: [0xff, 0xff], isNeverWritten: true }],
  });
  expect(renderRamReport(found)).toContain(
    'reads 0x00009000, which nobody wrote: 00 00 with zeros, ff ff with bytes 0xff',
  );
});

test('what the lenses see of it is told', async () => {
  const [run] = (await report(BRANCHER)).runs;
  expect(run.kind).toBe('differs');
  expect(run.paragraphs.join('\n')).toContain('serial');
});

test('the fills may be chosen; the others are compared with the first', async () => {
  const folder = makeProject({ ...SCENARIO, 'guest.img': READER });
  const fills = [
    { kind: 'byte', value: 0x5a },
    { kind: 'byte', value: 0x5a },
  ] as const;
  const { first, runs } = await ramFills({ folder, scenario: 'run', fills });
  expect([first, ...runs.map(({ kind }) => kind)]).toEqual(['bytes 0x5a', 'unread']);
});

test('an unknown scenario is an error with the nearest name', async () => {
  await expect(ramFills({ folder: makeProject(SCENARIO), scenario: 'rum' })).rejects.toThrow('did you mean run?');
});
