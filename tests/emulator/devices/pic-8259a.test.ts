import { describe, expect, it } from 'vitest';
import { PortSpace } from '../../../emulator/bus/port-space.ts';
import { PicPair } from '../../../emulator/devices/pic-8259a.ts';

/** A pair as a PC's BIOS initialises it: vectors 20h and 28h, all lines open. */
function setUp({ icw4 = 0x01 } = {}) {
  const pins = { intr: false };
  const pic = new PicPair({
    onIntr: (isAsserted) => {
      pins.intr = isAsserted;
    },
  });
  const ports = new PortSpace((what) => expect.fail(what));
  for (const claim of pic.claims()) ports.claim(claim);
  const out = (port: number, ...values: readonly number[]) => {
    for (const value of values) ports.write(port, 1, value);
  };
  out(0x20, 0x11);
  out(0x21, 0x20, 0x04, icw4);
  out(0xa0, 0x11);
  out(0xa1, 0x28, 0x02, icw4);
  const lines = Array.from({ length: 16 }, (_, irq) => pic.line(irq === 2 ? 3 : irq));
  return {
    pic,
    pins,
    out,
    read: (port: number) => ports.read(port, 1),
    raise: (...irqs: readonly number[]) => irqs.forEach((irq) => void lines[irq].set(true)),
    lower: (...irqs: readonly number[]) => irqs.forEach((irq) => void lines[irq].set(false)),
    serve: () => (pins.intr ? pic.acknowledge().irq : undefined),
    isr: (port = 0x20) => {
      out(port, 0x0b);
      return ports.read(port, 1);
    },
    irr: (port = 0x20) => {
      out(port, 0x0a);
      return ports.read(port, 1);
    },
  };
}

const EOI = 0x20;

describe('requests', () => {
  it('a line of the master gives its vector', () => {
    const { pic, pins, raise } = setUp();
    raise(1);
    expect(pins.intr).toBe(true);
    expect(pic.acknowledge()).toEqual({ vector: 0x21, irq: 1 });
    expect(pins.intr).toBe(false);
  });

  it('a line of the slave comes through line 2 of the master and gives the slave vector', () => {
    const { pic, raise, isr } = setUp();
    raise(14);
    expect(pic.acknowledge()).toEqual({ vector: 0x2e, irq: 14 });
    expect([isr(0x20), isr(0xa0)]).toEqual([0x04, 0x40]);
  });

  it('the lowest number wins, and the slave ranks between IRQ 1 and 3', () => {
    const { out, raise, serve } = setUp();
    raise(7, 3, 9, 8, 0, 1);
    const order = [];
    for (let irq = serve(); irq !== undefined; irq = serve()) {
      order.push(irq);
      if (irq >= 8) out(0xa0, EOI);
      out(0x20, EOI);
    }
    expect(order).toEqual([0, 1, 8, 9, 3, 7]);
  });

  it('an edge asks once; the line has to fall and rise for the next request', () => {
    const { out, raise, lower, serve } = setUp();
    raise(4);
    expect(serve()).toBe(4);
    out(0x20, EOI);
    expect(serve()).toBeUndefined();
    lower(4);
    raise(4);
    expect(serve()).toBe(4);
  });

  it('an edge is kept until it is acknowledged, a level only while it lasts', () => {
    const { out, pins, raise, lower, irr, serve } = setUp();
    raise(4);
    lower(4);
    expect([pins.intr, irr(), serve(), irr()]).toEqual([true, 0x10, 4, 0]);
    out(0x20, EOI);
    out(0x4d0, 0x10);
    raise(4);
    lower(4);
    expect([pins.intr, irr()]).toEqual([false, 0]);
  });

  it('a level-triggered line asks again after EOI for as long as it is high', () => {
    const { out, read, raise, lower, serve } = setUp();
    out(0x4d1, 0xff);
    expect(read(0x4d1)).toBe(0xde); // IRQ 8 and 13 can't be level-triggered
    raise(11);
    expect(serve()).toBe(11);
    expect(serve()).toBeUndefined();
    out(0xa0, EOI);
    out(0x20, EOI);
    expect(serve()).toBe(11);
    lower(11);
    out(0xa0, EOI);
    out(0x20, EOI);
    expect(serve()).toBeUndefined();
  });

  it('the system lines 0, 1 and 2 stay edge-triggered', () => {
    const { out, read } = setUp();
    out(0x4d0, 0xff);
    expect(read(0x4d0)).toBe(0xf8);
  });

  it('a masked line is remembered and asks once it is unmasked', () => {
    const { out, read, raise, serve } = setUp();
    out(0x21, 0xef);
    expect(read(0x21)).toBe(0xef);
    out(0x21, 0x10);
    raise(4);
    expect(serve()).toBeUndefined();
    out(0x21, 0x00);
    expect(serve()).toBe(4);
  });

  it('IRQ 2 is no line of a device', () => {
    expect(() => setUp().pic.line(2)).toThrow('IRQ 2');
    expect(() => setUp().pic.line(16)).toThrow('IRQ 16');
  });
});

describe('spurious interrupts', () => {
  it('IRQ 7 without a request reads as spurious: its vector, nothing in service', () => {
    const { pic, isr } = setUp();
    expect(pic.acknowledge()).toEqual({ vector: 0x27, irq: 7 });
    expect(isr()).toBe(0);
  });

  it('a real IRQ 7 is in service', () => {
    const { raise, serve, isr } = setUp();
    raise(7);
    expect([serve(), isr()]).toEqual([7, 0x80]);
  });

  it('a request that is masked at the slave after the slave has asked is a spurious IRQ 15, in service at the master alone', () => {
    const { pic, out, raise, isr, serve } = setUp();
    raise(12);
    out(0xa1, 0xff);
    expect(pic.acknowledge()).toEqual({ vector: 0x2f, irq: 15 });
    expect([isr(0x20), isr(0xa0)]).toEqual([0x04, 0]);
    out(0xa1, 0);
    out(0x20, EOI);
    expect(serve()).toBe(12);
  });
});

describe('priorities', () => {
  it('a lower line waits for the EOI of the higher one; a higher line does not', () => {
    const { raise, serve } = setUp();
    raise(4);
    expect(serve()).toBe(4);
    raise(5);
    expect(serve()).toBeUndefined();
    raise(3);
    expect(serve()).toBe(3);
  });

  it('a higher line of the slave waits in plain nesting, and comes through in special fully nested mode', () => {
    for (const [icw4, expected] of [
      [0x01, undefined],
      [0x11, 9],
    ] as const) {
      const { raise, serve } = setUp({ icw4 });
      raise(12);
      expect(serve()).toBe(12);
      raise(9);
      expect(serve()).toBe(expected);
    }
  });

  it('a specific EOI ends the named line, a non-specific one the highest', () => {
    const { out, raise, serve, isr } = setUp();
    raise(6);
    serve();
    raise(3);
    serve();
    out(0x20, 0x66);
    expect(isr()).toBe(0x08);
    out(0x20, EOI);
    expect(isr()).toBe(0);
  });

  it('automatic EOI leaves nothing in service', () => {
    const { raise, serve, isr } = setUp({ icw4: 0x03 });
    raise(3);
    expect([serve(), isr()]).toEqual([3, 0]);
  });

  it('with automatic EOI the slave asks anew for its second request', () => {
    const { raise, serve } = setUp({ icw4: 0x03 });
    raise(9, 10);
    expect([serve(), serve(), serve()]).toEqual([9, 10, undefined]);
  });

  it('set priority makes the line after the named one the highest', () => {
    const { out, raise, serve } = setUp();
    out(0x20, 0xc4); // IRQ 4 lowest
    raise(0, 5);
    expect(serve()).toBe(5);
  });

  it('rotate on non-specific EOI puts the served line last', () => {
    const { out, raise, lower, serve } = setUp();
    raise(3);
    serve();
    lower(3);
    out(0x20, 0xa0);
    raise(3, 4);
    expect(serve()).toBe(4);
  });

  it('rotate on specific EOI puts the named line last', () => {
    const { out, raise, lower, serve, isr } = setUp();
    raise(3);
    serve();
    lower(3);
    out(0x20, 0xe3);
    expect(isr()).toBe(0);
    raise(3, 7);
    expect(serve()).toBe(7);
  });

  it('rotation in automatic EOI mode can be switched on and off', () => {
    const { out, raise, lower, serve } = setUp({ icw4: 0x03 });
    out(0x20, 0x80);
    raise(3);
    serve();
    lower(3);
    raise(3, 4);
    expect(serve()).toBe(4);
    out(0x20, 0x00);
    expect(serve()).toBe(3);
    lower(3);
    raise(3, 5);
    expect(serve()).toBe(5); // still rotated so that IRQ 4 is lowest
  });

  it('special mask mode admits lower lines while a masked one is in service', () => {
    const { out, raise, serve, isr } = setUp();
    raise(3);
    serve();
    out(0x21, 0x08);
    raise(5);
    expect(serve()).toBeUndefined();
    out(0x20, 0x68);
    expect(serve()).toBe(5);
    out(0x20, EOI);
    expect(isr()).toBe(0x08); // a non-specific EOI passes over masked lines
  });
});

describe('commands', () => {
  it('poll answers with the line and acknowledges it, or with 0', () => {
    const { out, read, raise, isr } = setUp();
    raise(5);
    out(0x20, 0x0c);
    expect(read(0x20)).toBe(0x85);
    expect(isr()).toBe(0x20);
    out(0x20, 0x0c);
    expect(read(0x20)).toBe(0);
  });

  it('a poll of the slave takes its request, and leaves the master asking', () => {
    const { out, read, pic, raise } = setUp();
    raise(9);
    out(0xa0, 0x0c);
    expect(read(0xa0)).toBe(0x81);
    expect(pic.acknowledge().irq).toBe(15);
  });

  it('ICW1 clears mask and requests, and an edge has to come anew', () => {
    const { out, read, raise, serve, irr } = setUp();
    out(0x21, 0xff);
    raise(4);
    out(0x20, 0x11);
    out(0x21, 0x40, 0x04, 0x01);
    expect([read(0x21), irr(), serve()]).toEqual([0, 0, undefined]);
  });

  it('asks for nothing until its initialisation is complete', () => {
    const { out, pic, pins, raise } = setUp();
    out(0x20, 0x11);
    out(0x21, 0x47, 0x04);
    raise(4);
    expect(pins.intr).toBe(false);
    out(0x21, 0x01);
    expect(pins.intr).toBe(true);
    expect(pic.acknowledge().vector).toBe(0x44); // ICW2 gives the five upper bits only
  });

  it('without ICW4 and with a single chip the sequence is shorter', () => {
    const { out, read } = setUp();
    out(0x20, 0x12);
    out(0x21, 0x30, 0xaa);
    expect(read(0x21)).toBe(0xaa);
  });
});
