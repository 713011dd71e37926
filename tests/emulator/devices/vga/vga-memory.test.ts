import { describe, expect, it } from 'vitest';
import { PortSpace } from '../../../../emulator/bus/port-space.ts';
import { Vga } from '../../../../emulator/devices/vga/vga.ts';
import { TestClock } from '../../time/test-clock.ts';
import { FakeVideo } from './fake-video.ts';

const SEQUENCER = 0x3c4;
const GRAPHICS = 0x3ce;
const VBE = 0x1ce;

function setUp() {
  const host = new FakeVideo();
  const vga = new Vga({
    clock: new TestClock().scheduler,
    instructionsPerPitClock: 1,
    host,
    onUnhandled: (what) => expect.fail(what),
  });
  vga.setTextMode3();
  const ports = new PortSpace((what) => expect.fail(what));
  for (const claim of vga.claims()) ports.claim(claim);
  const window = vga.windowClaim();
  const linear = vga.framebufferClaim(0xfd000000);
  return {
    host,
    vga,
    set: (port: number, index: number, value: number) => ports.write(port, 2, index | (value << 8)),
    setVbe: (index: number, value: number) => {
      ports.write(VBE, 2, index);
      ports.write(VBE + 2, 2, value);
    },
    getVbe: (index: number) => {
      ports.write(VBE, 2, index);
      return ports.read(VBE + 2, 2);
    },
    peek: (offset: number, size: 1 | 2 | 4 = 1) => window.read(0xa0000 + offset, size),
    poke: (offset: number, value: number, size: 1 | 2 | 4 = 1) => window.write(0xa0000 + offset, size, value),
    peekLinear: (offset: number, size: 1 | 2 | 4 = 1) => linear.read(0xfd000000 + offset, size),
    pokeLinear: (offset: number, value: number, size: 1 | 2 | 4 = 1) => linear.write(0xfd000000 + offset, size, value),
    /** The four planes at an address. */
    planes: (address: number) => [...host.video.subarray(address * 4, address * 4 + 4)],
  };
}

/** Sixteen colours at A0000h, all planes on: the memory side of modes 0Dh, 0Eh, 10h and 12h. */
function setUpPlanar() {
  const all = setUp();
  all.set(SEQUENCER, 4, 0x06);
  all.set(SEQUENCER, 2, 0x0f);
  all.set(GRAPHICS, 5, 0x00);
  all.set(GRAPHICS, 6, 0x05);
  all.host.video.fill(0);
  return all;
}

describe('planar memory', () => {
  it('a byte goes to all planes that the map mask names, and is read from the one that read map names', () => {
    const { poke, peek, planes, set } = setUpPlanar();
    set(SEQUENCER, 2, 0x0a);
    poke(7, 0x5a);
    expect(planes(7)).toEqual([0, 0x5a, 0, 0x5a]);
    set(GRAPHICS, 4, 2);
    expect(peek(7)).toBe(0);
    set(GRAPHICS, 4, 3);
    expect(peek(7)).toBe(0x5a);
  });

  it('write mode 0 rotates, puts set/reset in, combines with the latches, and keeps what the bit mask hides', () => {
    const { host, poke, peek, planes, set } = setUpPlanar();
    host.video.set([0xff, 0x0f, 0xf0, 0x00], 0);
    set(GRAPHICS, 3, 4);
    poke(1, 0x12);
    expect(planes(1)).toEqual([0x21, 0x21, 0x21, 0x21]);
    peek(0);
    set(GRAPHICS, 3, 0);
    set(GRAPHICS, 0, 0x05);
    set(GRAPHICS, 1, 0x03);
    set(GRAPHICS, 8, 0x3c);
    poke(0, 0x81);
    expect(planes(0)).toEqual([0xff, 0x03, 0xc0, 0x00]);
  });

  it.each([
    ['and', 1, [0xf0, 0x00, 0xf0, 0x00]],
    ['or', 2, [0xff, 0xf0, 0xff, 0xff]],
    ['xor', 3, [0x0f, 0xf0, 0x0f, 0xff]],
  ])('combines with the latches by %s', (_name, operation, expected) => {
    const { host, poke, peek, planes, set } = setUpPlanar();
    host.video.set([0xff, 0x00, 0xff, 0x0f], 0);
    peek(0);
    set(GRAPHICS, 3, operation << 3);
    poke(0, 0xf0);
    expect(planes(0)).toEqual(expected);
  });

  it('write mode 1 copies the latches, mode 2 a colour, mode 3 a colour where the rotated byte has ones', () => {
    const { host, poke, peek, planes, set } = setUpPlanar();
    host.video.set([1, 2, 3, 4], 0);
    peek(0);
    set(GRAPHICS, 5, 1);
    poke(9, 0xee);
    expect(planes(9)).toEqual([1, 2, 3, 4]);
    set(GRAPHICS, 5, 2);
    set(GRAPHICS, 8, 0xf0);
    poke(0, 0x06);
    expect(planes(0)).toEqual([0x01, 0xf2, 0xf3, 0x04]);
    set(GRAPHICS, 5, 3);
    set(GRAPHICS, 0, 0x09);
    set(GRAPHICS, 3, 1);
    set(GRAPHICS, 8, 0x7f);
    poke(0, 0x03);
    expect(planes(0)).toEqual([0x01, 0x02, 0x02, 0x05]);
  });

  it('read mode 1 gives the pixels of the compared colour, without the planes that do not care', () => {
    const { host, peek, set } = setUpPlanar();
    host.video.set([0b11001100, 0b10101010, 0b11110000, 0b00000000], 0);
    set(GRAPHICS, 5, 0x08);
    set(GRAPHICS, 2, 0x03);
    set(GRAPHICS, 7, 0x0f);
    expect(peek(0)).toBe(0b00001000);
    set(GRAPHICS, 7, 0x03);
    expect(peek(0)).toBe(0b10001000);
    set(GRAPHICS, 7, 0x00);
    expect(peek(0)).toBe(0xff);
  });

  it('answers only where the miscellaneous register puts it, and a wide access is one of bytes', () => {
    const { poke, peek, planes, set } = setUpPlanar();
    poke(0xfffe, 0x44332211, 4);
    expect([planes(0xfffe)[0], planes(0xffff)[0], planes(0)[0]]).toEqual([0x11, 0x22, 0]);
    expect([peek(0xffff), peek(0x10000), peek(0x18000)]).toEqual([0x22, 0xff, 0xff]);
    set(GRAPHICS, 6, 0x0d);
    expect([peek(0xffff), peek(0x18000 + 0x7fff)]).toEqual([0xff, planes(0x7fff)[0]]);
  });
});

describe('chained memory is plain', () => {
  it('text at B8000h, 256 colours at A0000h: the bytes are carried over from one to the other, and the stores told', () => {
    const { host, set, planes } = setUp();
    expect(host.plain).toEqual({ first: 0x18000, end: 0x20000 });
    host.window.set([0x41, 0x1f, 0x42, 0x2e], 0x18000);
    set(SEQUENCER, 4, 0x0e);
    set(SEQUENCER, 2, 0x0f);
    set(GRAPHICS, 5, 0x40);
    expect(host.stores).toEqual([]);
    set(GRAPHICS, 6, 0x05);
    expect(host.plain).toEqual({ first: 0, end: 0x10000 });
    expect(planes(0).slice(0, 2)).toEqual([0x41, 0x1f]);
    expect([...host.window.subarray(0, 8)]).toEqual([0x41, 0x1f, 0, 0, 0x42, 0x2e, 0, 0]);
    expect(host.stores.slice(0, 2)).toEqual([
      [0, 4, 0x1f41],
      [4, 4, 0x2e42],
    ]);
    host.window.set([9, 8, 7, 6], 0);
    set(SEQUENCER, 4, 0x06); // unchained: mode X
    expect([host.plain.end, planes(0)]).toEqual([0, [9, 8, 7, 6]]);
  });

  it('an unchained byte lies at every fourth chained one', () => {
    const { host, set, poke } = setUp();
    set(SEQUENCER, 4, 0x06);
    set(GRAPHICS, 5, 0x40);
    set(GRAPHICS, 6, 0x05);
    set(SEQUENCER, 2, 0x04);
    poke(3, 0x77);
    set(SEQUENCER, 2, 0x0f);
    set(SEQUENCER, 4, 0x0e);
    expect(host.window[4 * 3 + 2]).toBe(0x77);
  });

  it('a font goes to plane 2 through the window and leaves the text alone', () => {
    const { host, set, poke, planes } = setUp();
    host.window.set([0x41, 0x07], 0x18000);
    set(SEQUENCER, 2, 0x04);
    set(SEQUENCER, 4, 0x06);
    set(GRAPHICS, 5, 0x00);
    set(GRAPHICS, 6, 0x0c);
    poke(0x18000, 0x99);
    set(SEQUENCER, 2, 0x03);
    set(SEQUENCER, 4, 0x02);
    set(GRAPHICS, 5, 0x10);
    set(GRAPHICS, 6, 0x0e);
    expect([planes(0)[2], host.window[0x18000], host.window[0x18001]]).toEqual([0x99, 0x41, 0x07]);
  });
});

describe('Bochs VBE', () => {
  const enable = ({ setVbe }: ReturnType<typeof setUp>, width: number, height: number, depth: number, flags = 0x41) => {
    setVbe(4, 0);
    setVbe(1, width);
    setVbe(2, height);
    setVbe(3, depth);
    setVbe(4, flags);
  };

  it('shows a linear framebuffer in every depth', () => {
    const all = setUp();
    enable(all, 16, 2, 32);
    all.pokeLinear(4, 0x00102030, 4);
    const { picture, columns } = all.vga.capture();
    expect([columns, picture?.width, picture?.height]).toEqual([0, 16, 2]);
    expect([...(picture?.rgb.subarray(0, 6) ?? [])]).toEqual([0, 0, 0, 0x10, 0x20, 0x30]);
    enable(all, 16, 2, 24);
    all.pokeLinear(3, 0x30, 1);
    all.pokeLinear(4, 0x1020, 2);
    expect([...(all.vga.capture().picture?.rgb.subarray(3, 6) ?? [])]).toEqual([0x10, 0x20, 0x30]);
    enable(all, 16, 2, 16);
    all.pokeLinear(2, 0b10000_100001_00001, 2);
    expect([...(all.vga.capture().picture?.rgb.subarray(3, 6) ?? [])]).toEqual([0x84, 0x86, 0x08]);
    enable(all, 16, 2, 15);
    all.pokeLinear(2, 0b1_11111_00000_10000, 2);
    expect([...(all.vga.capture().picture?.rgb.subarray(3, 6) ?? [])]).toEqual([0xff, 0, 0x84]);
    enable(all, 16, 2, 8);
    all.pokeLinear(1, 4);
    expect([...(all.vga.capture().picture?.rgb.subarray(3, 6) ?? [])]).toEqual([168, 0, 0]);
  });

  it('the window shows banks of the same memory, and clearing is up to bit 7', () => {
    const all = setUp();
    enable(all, 640, 400, 8);
    all.setVbe(5, 2);
    all.poke(5, 0xbeef, 2);
    expect([all.peekLinear(0x20005, 2), all.peek(5, 2)]).toEqual([0xbeef, 0xbeef]);
    all.setVbe(5, 0);
    enable(all, 640, 400, 8, 0xc1);
    expect(all.peekLinear(0x20005, 2)).toBe(0xbeef);
    enable(all, 640, 400, 8, 0x41);
    expect(all.peekLinear(0x20005, 2)).toBe(0);
  });

  it('offsets move the picture over a wider one, and sizes are made to fit', () => {
    const all = setUp();
    enable(all, 16, 2, 8);
    all.setVbe(6, 32);
    all.setVbe(8, 3);
    all.setVbe(9, 1);
    all.pokeLinear(32 + 3, 1);
    expect([...(all.vga.capture().picture?.rgb.subarray(0, 3) ?? [])]).toEqual([0, 0, 168]);
    expect(all.getVbe(7)).toBe(0); // 16 MiB have more lines than 16 bits count
    enable(all, 1023, 0, 7);
    expect([1, 2, 3].map(all.getVbe)).toEqual([1016, 1, 8]);
  });

  it('tells its version, its memory and its limits', () => {
    const all = setUp();
    expect([all.getVbe(0), all.getVbe(10)]).toEqual([0xb0c5, 256]);
    all.setVbe(0, 0xb0c2);
    all.setVbe(0, 0x1234);
    expect(all.getVbe(0)).toBe(0xb0c2);
    all.setVbe(4, 2);
    expect([1, 2, 3].map(all.getVbe)).toEqual([16000, 12000, 32]);
  });

  it('the framebuffer and a plain window are the same memory, and the store is told', () => {
    const { host, pokeLinear, peekLinear } = setUp();
    host.window[0x18000] = 0x55;
    expect(peekLinear(0)).toBe(0x55);
    pokeLinear(5, 0x1e);
    expect([host.window[0x18003], host.stores]).toEqual([0x1e, [[0x18003, 1, 0x1e]]]);
  });
});
