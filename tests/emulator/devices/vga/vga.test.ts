import { describe, expect, it } from 'vitest';
import { PortSpace } from '../../../../emulator/bus/port-space.ts';
import { Vga } from '../../../../emulator/devices/vga/vga.ts';
import { TestClock } from '../../time/test-clock.ts';
import { FakeVideo } from './fake-video.ts';

function setUp() {
  const clock = new TestClock();
  const unhandled: string[] = [];
  const host = new FakeVideo();
  const vga = new Vga({
    host,
    clock: clock.scheduler,
    instructionsPerPitClock: 2,
    onUnhandled: (what) => unhandled.push(what),
  });
  vga.setTextMode3();
  const ports = new PortSpace((what) => expect.fail(what));
  for (const claim of vga.claims()) ports.claim(claim);
  const memory = host.window.subarray(0x18000);
  const capture = () => vga.capture();
  /** A 16-bit write of index and value, as most guests do. */
  const setCrtc = (index: number, value: number) => ports.write(0x3d4, 2, index | (value << 8));
  const getCrtc = (index: number) => {
    ports.write(0x3d4, 1, index);
    return ports.read(0x3d5, 1);
  };
  return { clock, unhandled, ports, memory, capture, setCrtc, getCrtc };
}

describe('capture', () => {
  it('gives characters and attributes row by row', () => {
    const { memory, capture } = setUp();
    memory.set([0x48, 0x1e, 0x69, 0x2f]);
    memory.set([0x21, 0x07], 24 * 160 + 158);
    const { columns, rows, characters, attributes } = capture();
    expect([columns, rows, characters.length, attributes.length]).toEqual([80, 25, 2000, 2000]);
    expect([...characters.slice(0, 2), characters[1999]]).toEqual([0x48, 0x69, 0x21]);
    expect([...attributes.slice(0, 2), attributes[1999]]).toEqual([0x1e, 0x2f, 0x07]);
  });

  it('begins at the start address and goes on in memory that the window does not reach', () => {
    const { memory, capture, setCrtc } = setUp();
    memory.set([0x41, 0x07], 0x7ffe);
    memory.set([0x42, 0x07], 0);
    setCrtc(0x0c, 0x3f);
    setCrtc(0x0d, 0xff);
    expect([...capture().characters.slice(0, 2)]).toEqual([0x41, 0]);
  });

  it('takes the width of a row from the offset register', () => {
    const { memory, capture, setCrtc } = setUp();
    memory.set([0x41, 0x07], 200);
    setCrtc(0x13, 50);
    expect(capture().characters[80]).toBe(0x41);
  });
});

describe('cursor', () => {
  it('is where and how the CRT controller says', () => {
    const { capture, setCrtc } = setUp();
    expect(capture().cursor).toEqual({ cell: 0, startLine: 13, endLine: 14 });
    setCrtc(0x0e, 0x01);
    setCrtc(0x0f, 0x02);
    setCrtc(0x0a, 0x00);
    setCrtc(0x0b, 0x1f);
    expect(capture().cursor).toEqual({ cell: 0x102, startLine: 0, endLine: 15 });
  });

  it('counts from the start address, and a wider row', () => {
    const { capture, setCrtc } = setUp();
    setCrtc(0x0d, 10);
    setCrtc(0x13, 50);
    setCrtc(0x0f, 10 + 100 + 3);
    expect(capture().cursor?.cell).toBe(83);
    setCrtc(0x0f, 10 + 100 + 90); // in the part of the row that isn't shown
    expect(capture().cursor).toBeUndefined();
  });

  it.each([
    ['bit 5 of the start register hides it', 0x0a, 0x2d],
    ['no line is left', 0x0b, 0x0c],
    ['it is below the last row', 0x0e, 0x08],
  ])('is absent when %s', (_rule, index, value) => {
    const { capture, setCrtc } = setUp();
    setCrtc(index, value);
    expect(capture()).not.toHaveProperty('cursor');
  });
});

describe('registers', () => {
  it('the timing registers are protected by bit 7 of 11h, except for bit 4 of the overflow register', () => {
    const { getCrtc, setCrtc } = setUp();
    setCrtc(0x00, 0x11);
    setCrtc(0x07, 0x00);
    expect([getCrtc(0x00), getCrtc(0x07)]).toEqual([0x5f, 0x0f]);
    setCrtc(0x11, 0x0e);
    setCrtc(0x00, 0x11);
    expect(getCrtc(0x00)).toBe(0x11);
  });

  it('indexes that no register has read 0', () => {
    const { getCrtc, setCrtc } = setUp();
    setCrtc(0x40, 0xff);
    expect(getCrtc(0x40)).toBe(0);
  });

  it('port 3C0h takes index and value in turn; reading 3DAh starts over with the index', () => {
    const { ports } = setUp();
    ports.read(0x3da, 1);
    ports.write(0x3c0, 1, 0x33);
    ports.write(0x3c0, 1, 0x05);
    ports.write(0x3c0, 1, 0x31);
    ports.read(0x3da, 1);
    ports.write(0x3c0, 1, 0x33);
    expect([ports.read(0x3c0, 1), ports.read(0x3c1, 1)]).toEqual([0x33, 0x05]);
  });

  it('sequencer, graphics and miscellaneous registers keep the bits that they have', () => {
    const { ports } = setUp();
    ports.write(0x3c4, 2, 0x0f02);
    ports.write(0x3ce, 2, 0xfe04);
    ports.write(0x3c2, 1, 0xe3);
    expect([ports.read(0x3c5, 1), ports.read(0x3cf, 1), ports.read(0x3cc, 1)]).toEqual([0x0f, 0x02, 0xe3]);
  });

  it('the DAC counts through red, green, blue with 6 bits each', () => {
    const { ports } = setUp();
    ports.write(0x3c8, 1, 0xff);
    for (const value of [0xff, 2, 3, 4]) ports.write(0x3c9, 1, value);
    expect([ports.read(0x3c7, 1), ports.read(0x3c8, 1)]).toEqual([0, 0]);
    ports.write(0x3c7, 1, 0xff);
    const values = [0, 1, 2, 3].map(() => ports.read(0x3c9, 1));
    expect([ports.read(0x3c7, 1), values]).toEqual([3, [0x3f, 2, 3, 4]]);
  });

  it('mode 3 loads brown as colour 14h of the DAC', () => {
    const { ports } = setUp();
    ports.write(0x3c7, 1, 0x14);
    expect([0, 1, 2].map(() => ports.read(0x3c9, 1))).toEqual([42, 21, 0]);
  });
});

describe('input status 1', () => {
  it('the picture is off at the end of each line; retrace comes once a frame, after the last visible line', () => {
    const { clock, ports } = setUp();
    const lineIcount = 38 * 2;
    const statusAt = (icount: number) => {
      clock.icount = icount;
      return ports.read(0x3da, 1);
    };
    expect([statusAt(0), statusAt(59), statusAt(60), statusAt(75), statusAt(76)]).toEqual([0, 0, 1, 1, 0]);
    expect([399, 400, 411, 412, 413, 414, 448, 449].map((line) => statusAt(line * lineIcount))).toEqual([
      0, 1, 1, 9, 9, 1, 1, 0,
    ]);
  });
});
