import { describe, expect, it } from 'vitest';
import { OperatingError } from '../../../emulator/base/errors.ts';
import { checkBootable } from '../../../emulator/firmware/disk/bootable.ts';
import { ROM_OFFSET } from '../../../emulator/firmware/rom.ts';
import { SERVICE } from '../../../emulator/firmware/services.ts';
import { biosWith, numberedDisk, poweredOn } from './bios-fixture.ts';
import { FakeHost } from './fake-host.ts';

describe('after power-on', () => {
  const disk = numberedDisk();
  const { host } = poweredOn(disk);

  it('the boot sector is at 0000:7C00 and CS:IP points at it', () => {
    expect(host.memory.subarray(0x7c00, 0x7e00)).toEqual(disk.subarray(0, 512));
    expect([host.reg('cs'), host.reg('ip')]).toEqual([0, 0x7c00]);
  });

  it('registers are as SeaBIOS leaves them', () => {
    expect([host.reg('eax'), host.reg('edx'), host.reg('ss'), host.reg('esp')]).toEqual([0xaa55, 0x80, 0, 0x6f04]);
    expect(host.reg('flags')).toBe(0x202);
  });

  it('every vector but the empty ones points into the ROM, or at the table of the disk', () => {
    const vectors = Array.from({ length: 256 }, (_, vector) => vector);
    const empty = vectors.filter((vector) => host.readDword(vector * 4) === 0);
    expect(empty).toEqual([0x60, 0x61, 0x62, 0x63, 0x64, 0x65, 0x66, 0x79]);
    expect(host.readDword(0x41 * 4)).toBe(0x9fc0_003d);
    const filled = vectors.filter((vector) => !empty.includes(vector) && vector !== 0x41);
    expect(filled.every((vector) => host.readWord(vector * 4 + 2) === 0xf000)).toBe(true);
  });

  it('the BIOS data area tells of the machine', () => {
    expect([host.readWord(0x400), host.readWord(0x408)]).toEqual([0x3f8, 0x378]);
    expect(host.readWord(0x40e)).toBe(0x9fc0);
    expect(host.readWord(0x410)).toBe(0x4227);
    expect(host.readWord(0x413)).toBe(639);
    expect([host.readWord(0x41a), host.readWord(0x41c)]).toEqual([0x1e, 0x1e]);
    expect([host.readByte(0x449), host.readWord(0x44a), host.readByte(0x484)]).toEqual([3, 80, 24]);
    expect(host.readByte(0x475)).toBe(1);
  });

  it('int 41h and 46h point at the geometries of the first two disks, which no other vector tells of', () => {
    const host = new FakeHost();
    const bios = biosWith(host, numberedDisk(63 * 16 * 3), numberedDisk(63 * 16 * 2));
    host.memory.set(bios.rom(), 0xf0000);
    bios.post();
    const tables = [0x41, 0x46].map((vector) => {
      const at = host.readWord(vector * 4 + 2) * 16 + host.readWord(vector * 4);
      return [...host.memory.subarray(at, at + 16)];
    });
    const table = (cylinders: number) => [cylinders, 0, 16, 0, 0, 0xff, 0xff, 0, 0xc8, 0, 0, 0, cylinders, 0, 63, 0];
    expect(tables).toEqual([table(3), table(2)]);
  });

  it('the tick count is that of the time of day', () => {
    const seconds = 13 * 3600 + 5 * 60 + 9;
    expect(host.readDword(0x46c)).toBe(Math.floor((seconds * 1193182) / 65536));
  });

  it('the screen shows 2000 grey spaces and a cursor at its first cell', () => {
    const screen = host.vga.capture();
    expect(screen.characters.every((character) => character === 0x20)).toBe(true);
    expect(screen.attributes.every((attribute) => attribute === 0x07)).toBe(true);
    expect(screen.cursor).toEqual({ cell: 0, startLine: 13, endLine: 14 });
  });

  it('the VGA is as its own mode 3 has it', () => {
    const written = host.vga.save();
    host.vga.setTextMode3();
    const set = host.vga.save();
    for (const registers of ['sequencer', 'crtc', 'graphics', 'attribute', 'dac', 'miscellaneous', 'pelMask']) {
      expect(written[registers], registers).toEqual(set[registers]);
    }
  });

  it('the PICs have the masks and vectors of SeaBIOS', () => {
    expect([host.readPort(0x21), host.readPort(0xa1)]).toEqual([0xb8, 0x8e]);
  });

  it('nothing unhandled was touched', () => {
    expect(poweredOn().host.unhandledCalls).toEqual([]);
  });
});

describe('a disk that firmware would not boot', () => {
  it('is refused when it is shorter than a sector', () => {
    expect(() => checkBootable(new Uint8Array(511), 'short.img')).toThrow(OperatingError);
    expect(() => checkBootable(new Uint8Array(511), 'short.img')).toThrow('short.img: the disk image has 511 bytes');
  });

  it('is refused without the signature, which the message shows', () => {
    const disk = numberedDisk();
    disk[510] = 0x0a;
    expect(() => checkBootable(disk, 'odd.img')).toThrow('the first sector ends in 0a aa and not in 55 aa');
  });

  it('is anything else', () => {
    expect(() => checkBootable(numberedDisk(1), 'good.img')).not.toThrow();
  });
});

describe('starting over', () => {
  it('int 19h loads what is on the disk now', () => {
    const { host, call } = poweredOn();
    host.memory.fill(0x5a, 0x5000, 0x51fe);
    host.memory.set([0x55, 0xaa], 0x51fe);
    call(SERVICE.disk, { ax: 0x0301, es: 0x500, bx: 0, cx: 1, dx: 0x80 });
    call(SERVICE.boot);
    expect(host.memory.subarray(0x7c00, 0x7dfe).every((byte) => byte === 0x5a)).toBe(true);
    expect(host.reg('dl')).toBe(0x80);
    expect(host.readDword(host.reg('ss') * 16 + host.reg('sp'))).toBe(0x00007c00); // where the stub's RETF goes
  });

  it('int 19h goes to int 18h once the disk has lost its signature', () => {
    const { host, call } = poweredOn();
    call(SERVICE.disk, { ax: 0x0301, es: 0x500, bx: 0, cx: 1, dx: 0x80 });
    call(SERVICE.boot);
    expect(host.readDword(host.reg('ss') * 16 + host.reg('sp'))).toBe(0xf000_0000 + ROM_OFFSET.nothingBootable);
  });

  it('int 18h says so on the screen', () => {
    const { host, call } = poweredOn();
    call(SERVICE.nothingBootable);
    const screen = host.vga.capture();
    expect(String.fromCharCode(...screen.characters.subarray(0, 19))).toBe('No bootable device.');
  });

  it('a jump to the reset vector resets the machine', () => {
    const { host, call } = poweredOn();
    call(SERVICE.reset);
    expect(host.resets).toEqual(['a jump to the reset vector']);
  });

  it('a firmware call from the tables of the ROM is an event', () => {
    const { host, call } = poweredOn();
    call(0x77);
    expect(host.unhandledCalls).toEqual(['firmware call 0x77']);
  });
});
