import { describe, expect, it } from 'vitest';
import { diskGeometry } from '../../../../emulator/devices/storage/disk-geometry.ts';
import { Medium } from '../../../../emulator/devices/storage/medium.ts';
import { SERVICE } from '../../../../emulator/firmware/services.ts';
import { biosWith, numberedDisk, poweredOn } from '../bios-fixture.ts';
import { FakeHost } from '../fake-host.ts';

const DISK = SERVICE.disk;
const HARD_DISK = { sectorBytes: 512, isReadOnly: false } as const;

describe('int 13h', () => {
  it('02h puts sectors at ES:BX and nowhere else', () => {
    const disk = numberedDisk();
    const { host, call } = poweredOn(disk);
    call(DISK, { ax: 0x0202, es: 0x900, bx: 0x10, cx: 3, dx: 0x80 });
    expect(host.memory.subarray(0x9010, 0x9410)).toEqual(disk.subarray(0x400, 0x800));
    expect([host.readByte(0x900f), host.readByte(0x9410)]).toEqual([0, 0]);
  });

  it('02h runs on beyond the end of a segment', () => {
    const disk = numberedDisk();
    const { host, call } = poweredOn(disk);
    call(DISK, { ax: 0x0202, es: 0x1000, bx: 0xff00, cx: 1, dx: 0x80 });
    expect(host.memory.subarray(0x1ff00, 0x20300)).toEqual(disk.subarray(0, 0x400));
  });

  it('03h changes what is read but not the image', () => {
    const disk = numberedDisk();
    const original = disk.slice();
    const { host, call } = poweredOn(disk);
    host.memory.fill(0xc3, 0x5000, 0x5200);
    expect(call(DISK, { ax: 0x0301, es: 0x500, bx: 0, cx: 5, dx: 0x80 }).carry).toBe(false);
    call(DISK, { ax: 0x0201, es: 0x600, bx: 0, cx: 5, dx: 0x80 });
    expect(host.memory.subarray(0x6000, 0x6200)).toEqual(new Uint8Array(512).fill(0xc3));
    expect(disk).toEqual(original);
  });

  it('43h writes by LBA', () => {
    const { host, call } = poweredOn();
    host.memory.fill(0x99, 0x5000, 0x5400);
    host.memory.set([16, 0, 2, 0, 0, 0, 0, 5, 7, 0, 0, 0, 0, 0, 0, 0], 0x600);
    call(DISK, { ax: 0x4300, ds: 0, si: 0x600, dl: 0x80 });
    call(DISK, { ax: 0x0201, es: 0x700, bx: 0, cx: 9, dx: 0x80 });
    expect(host.memory.subarray(0x7000, 0x7200)).toEqual(new Uint8Array(512).fill(0x99));
  });

  it('04h and 44h move nothing', () => {
    const { host, call } = poweredOn();
    call(DISK, { ax: 0x0401, es: 0x900, bx: 0, cx: 1, dx: 0x80 });
    expect(host.memory.subarray(0x9000, 0x9200).every((byte) => byte === 0)).toBe(true);
  });

  it('an unknown function is an event and an error', () => {
    const { host, call } = poweredOn();
    expect(call(DISK, { ax: 0x9900, dx: 0x80 }).carry).toBe(true);
    expect(host.reg('ah')).toBe(1);
    expect(host.unhandledCalls).toEqual(['int 0x13 ah=0x99']);
  });

  it('a drive that is not there is an error, not an event', () => {
    const { host, call } = poweredOn();
    expect(call(DISK, { ax: 0x0201, cx: 1, dx: 1 }).carry).toBe(true);
    expect(host.unhandledCalls).toEqual([]);
    expect(host.readByte(0x441)).toBe(1);
  });

  it('drive A without a diskette fails to read and write, and verifies', () => {
    const { host, call } = poweredOn();
    const status = (ax: number) => [call(DISK, { ax, cx: 1, dx: 0 }).carry, host.reg('ax')];
    expect([0x0201, 0x0301, 0x0401].map(status)).toEqual([
      [true, 0x2000],
      [true, 0x2000],
      [false, 0x0001],
    ]);
  });
});

describe('int 13h/48h', () => {
  it('gives a pointer to the extension that SeaBIOS has for the first disk', () => {
    const { host, call } = poweredOn();
    host.writeWord(0x5000, 30);
    expect(call(DISK, { ax: 0x4800, dx: 0x80, si: 0x5000, ds: 0 }).carry).toBe(false);
    const extension = host.readWord(0x501c) * 16 + host.readWord(0x501a);
    const bytes = host.memory.subarray(extension, extension + 16);
    expect(Buffer.from(bytes).toString('hex')).toBe('f001f603e0cb0e01000010000000113b');
  });
});

describe('the boot disk', () => {
  it('counts a last part of a sector as a whole one, padded with zeros', () => {
    const disk = new Medium(new Uint8Array(513).fill(0xee), HARD_DISK);
    expect(disk.sectorCount).toBe(2);
    expect([...disk.read(1).subarray(0, 2)]).toEqual([0xee, 0]);
    expect(disk.read(1).length).toBe(512);
  });

  it('has 16 heads, 63 sectors and whole cylinders, at least 2', () => {
    const cylindersOf = (sectors: number) =>
      diskGeometry(new Medium(new Uint8Array(sectors * 512), HARD_DISK)).physical.cylinders;
    expect([1, 1008, 10080, 10351].map(cylindersOf)).toEqual([2, 2, 10, 10]);
  });

  it('keeps its written sectors through save and load', () => {
    const { host, bios, call } = poweredOn();
    host.memory.fill(0x42, 0x5000, 0x5400);
    call(DISK, { ax: 0x0302, es: 0x500, bx: 0, cx: 5, dx: 0x80 });
    const other = biosWith(new FakeHost(), numberedDisk());
    const state = bios.save();
    other.load(state);
    (state.writtenBytes as Uint8Array).fill(0); // what was handed over isn't shared
    expect(other.save()).toEqual(bios.save());
    expect(bios.save().writtenLbas).toEqual([4, 5]);
  });
});
