import { describe, expect, test } from 'vitest';
import { diskGeometry } from '../../../../emulator/devices/storage/disk-geometry.ts';
import { Medium } from '../../../../emulator/devices/storage/medium.ts';
import { bootEntry } from '../../../../emulator/firmware/disk/el-torito.ts';
import { Machine, type MachineSpec } from '../../../../emulator/index.ts';
import { bootSector } from '../recording.ts';

const MIB = 1024 * 1024;
const SPEC = { memoryBytes: MIB };

function machine(spec: Partial<MachineSpec>, images: Readonly<Record<string, Uint8Array>> = {}): () => Machine {
  return () => new Machine({ ...SPEC, ...spec }, { disk: bootSector([0xf4]), images }, { engine: 'forms' });
}

describe('drives of a spec', () => {
  test('are refused with a reason when there are too many, one twice, unknown, missing or too long', () => {
    const drives = (...kinds: readonly ('floppy' | 'disk' | 'cd')[]) => ({
      drives: kinds.map((kind, index) => ({ kind, image: `${index}` })),
    });
    expect(machine(drives('floppy', 'floppy', 'floppy'))).toThrow('3 floppies; a machine has 2 at most');
    expect(machine(drives('disk', 'cd', 'disk', 'cd', 'disk'))).toThrow('5 disks and CDs; a machine has 4 at most');
    expect(machine({ drives: [{ kind: 'tape' as 'disk', image: 'image' }] })).toThrow('a floppy, a disk or a cd');
    expect(
      machine({
        drives: [
          { kind: 'disk', image: 'image' },
          { kind: 'cd', image: 'image' },
        ],
      }),
    ).toThrow('one image is in two drives');
    expect(machine(drives('disk'))).toThrow('0: the spec has a drive with this image, which was not given');
    expect(machine(drives('floppy'), { 0: new Uint8Array(3 * MIB) })).toThrow("don't fit on a floppy");
  });

  test('boot from the first that can be booted: one without a signature is passed over', () => {
    const drives = [
      { kind: 'floppy', image: 'empty' },
      { kind: 'disk', image: 'image' },
    ] as const;
    const booted = machine({ drives }, { empty: new Uint8Array(1440 * 1024) })();
    expect([booted.pcLinear, booted.registers().edx]).toEqual([0x7c00, 0x80]);
  });

  test('keep what was written to them in a snapshot', () => {
    // INT 13h/03h: one sector of 0:7C00 to sector 2 of drive 01h; then read it back to 0:8000
    const code = [
      [0xb8, 0x01, 0x03, 0xb9, 0x02, 0x00, 0xba, 0x01, 0x00, 0xbb, 0x00, 0x7c, 0xcd, 0x13],
      [0xb8, 0x01, 0x02, 0xbb, 0x00, 0x80, 0xb9, 0x02, 0x00, 0xcd, 0x13, 0xf4],
    ].flat();
    const drives = [
      { kind: 'floppy', image: 'image' },
      { kind: 'floppy', image: 'b' },
    ] as const;
    const make = () =>
      new Machine(
        { ...SPEC, drives },
        { disk: bootSector(code), images: { b: new Uint8Array(1440 * 1024) } },
        { engine: 'forms' },
      );
    const first = make();
    first.run({ until: 8 }); // the write is done
    const second = make();
    second.restore(first.snapshot());
    second.run({ until: 10_000 });
    expect(second.readPhysical(0x8000, 512)).toEqual(bootSector(code));
    const never = make();
    never.run({ until: 1 });
    expect(never.checkpoint('a').state).not.toBe(first.checkpoint('a').state);
  });
});

describe('geometry of a hard disk', () => {
  const HARD_DISK = { sectorBytes: 512, isReadOnly: false } as const;
  const geometryOf = (sectors: number, partition?: { readonly head: number; readonly sector: number }) => {
    const image = bootSector([]);
    if (partition !== undefined) {
      image.set([partition.head, partition.sector, 0, 0, 0, 0, 0, 1, 0, 0, 0], 0x1be + 5);
    }
    const { physical, logical } = diskGeometry(new Medium(image, { ...HARD_DISK, sectorCount: sectors }));
    return [physical, logical].map(
      ({ cylinders, heads, sectorsPerTrack }) => `${cylinders}/${heads}/${sectorsPerTrack}`,
    );
  };

  test('is the same for both up to 1024 cylinders, and assisted by LBA beyond', () => {
    expect(geometryOf(1024 * 1008)).toEqual(['1024/16/63', '1024/16/63']);
    expect(geometryOf(2048 * 1008)).toEqual(['2048/16/63', '1024/32/63']);
    expect(geometryOf(10_000_000)).toEqual(['9920/16/63', '622/255/63']);
    expect(geometryOf(20_000_000)).toEqual(['16383/16/63', '1024/255/63']);
  });

  test('follows a partition that ends at the end of a cylinder', () => {
    expect(geometryOf(4096, { head: 3, sector: 17 })).toEqual(['60/4/17', '60/4/17']);
    expect(geometryOf(4096, { head: 0, sector: 17 })).toEqual(['4/16/63', '4/16/63']);
    expect(geometryOf(2000 * 1008, { head: 31, sector: 63 })).toEqual(['2000/16/63', '1000/32/63']);
  });
});

describe('a CD', () => {
  const CD = { sectorBytes: 2048, isReadOnly: true } as const;
  const disc = (change: (bytes: Uint8Array, view: DataView) => void) => {
    const bytes = new Uint8Array(24 * 2048);
    const view = new DataView(bytes.buffer);
    bytes.set(new TextEncoder().encode('\0CD001\x01EL TORITO SPECIFICATION'), 17 * 2048);
    view.setUint32(17 * 2048 + 0x47, 19, true);
    bytes[19 * 2048] = 1;
    bytes.set([0x55, 0xaa, 0x88, 0], 19 * 2048 + 30);
    view.setUint16(19 * 2048 + 38, 4, true);
    view.setUint32(19 * 2048 + 40, 20, true);
    change(bytes, view);
    return bootEntry(new Medium(bytes, CD));
  };

  test('is booted by the default entry of its catalog', () => {
    expect(disc(() => undefined)).toEqual({ mediaType: 0, loadSegment: 0x7c0, sectors: 4, lba: 20 });
  });

  test('isn’t booted without a boot record, a catalog, a bootable entry, or from beyond its end', () => {
    const broken = [
      disc((bytes) => bytes.fill(0, 17 * 2048, 18 * 2048)),
      disc((_bytes, view) => view.setUint32(17 * 2048 + 0x47, 5000, true)),
      disc((bytes) => bytes.fill(0, 19 * 2048 + 30, 19 * 2048 + 32)),
      disc((bytes) => bytes.fill(0, 19 * 2048 + 32, 19 * 2048 + 33)),
      disc((bytes) => bytes.fill(4, 19 * 2048 + 33, 19 * 2048 + 34)),
      disc((_bytes, view) => view.setUint32(19 * 2048 + 40, 24, true)),
      bootEntry(new Medium(new Uint8Array(1000), CD)),
    ];
    expect(broken).toEqual(broken.map(() => undefined));
  });
});
