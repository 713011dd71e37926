import { expect, test } from 'vitest';
import { bootGuest } from '../../../harness/explore/open-guest.ts';
import { bootSector, makeFolder, makeProject } from '../project-folder.ts';

// mov byte [500h], 7; cli; hlt
const OTHER = bootSector([0xc6, 0x06, 0x00, 0x05, 7, 0xfa, 0xf4]);

test('the guest of gilt.config.ts is booted, from a folder below it, too', async () => {
  const driver = await bootGuest({ folder: `${makeProject()}/scenarios` });
  await driver.runUntilText('Hi');
});

test('another image needs no config', async () => {
  const driver = await bootGuest({ folder: makeFolder({ 'other.img': OTHER }), image: 'other.img' });
  await driver.runUntilStop();
  expect(driver.readMemory(0x500, 1)[0]).toBe(7);
});

test('the machine may be another', async () => {
  const driver = await bootGuest({ folder: makeProject(), machine: { ramFill: { kind: 'byte', value: 0x5a } } });
  expect(driver.read(0x9000)).toBe(0x5a5a5a5a);
});

test.each([
  [{}, 'no gilt.config.ts here or in a folder above'],
  [{ symbols: 'k.elf' }, 'k.elf: symbols belong to an image: give both'],
  [{ image: 'none.img' }, 'none.img: no such file'],
])('%j is a clear error', async (choice, message) => {
  await expect(bootGuest({ folder: makeFolder(), ...choice })).rejects.toThrow(message);
});
