import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadBootFiles } from '../../../../harness/run/files/boot-files.ts';
import { bootSector, makeFolder } from '../../project-folder.ts';

const image = (bytes: Uint8Array): { readonly image: string } => ({
  image: join(makeFolder({ 'kernel.img': bytes }), 'kernel.img'),
});

test('an image is carried with its sha256 and its name without folders', () => {
  const { image: carried } = loadBootFiles(image(bootSector([])));
  expect(carried).toMatchObject({ role: 'image', name: 'kernel.img' });
  expect(carried.sha256).toMatch(/^[0-9a-f]{64}$/);
});

test('an image shorter than a sector is not bootable', () => {
  expect(() => loadBootFiles(image(new Uint8Array(511)))).toThrow('not bootable: 511 bytes, a boot sector has 512');
});

test('an image without the signature 55 AA is not bootable', () => {
  expect(() => loadBootFiles(image(new Uint8Array(1024)))).toThrow('does not end with the bytes 55 AA');
  expect(() => loadBootFiles(image(new Uint8Array(1024)))).toThrow('a flat image needs its address (--load,');
});

test('an image that is missing is named', () => {
  expect(() => loadBootFiles({ image: '/nowhere/kernel.img' })).toThrow('/nowhere/kernel.img: no such file or folder');
});

test('symbols that are missing or no ELF are named', () => {
  const boot = image(bootSector([]));
  expect(() => loadBootFiles({ ...boot, symbols: '/nowhere/kernel.elf' })).toThrow('/nowhere/kernel.elf: no such file');
  expect(() => loadBootFiles({ ...boot, symbols: boot.image })).toThrow('kernel.img');
});
