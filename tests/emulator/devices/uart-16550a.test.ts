import { describe, expect, it } from 'vitest';
import { PortSpace } from '../../../emulator/bus/port-space.ts';
import { Uart16550a } from '../../../emulator/devices/uart-16550a.ts';

function setUp() {
  const seen = { isHigh: false, sent: [] as number[] };
  const uart = new Uart16550a({
    name: 'COM1',
    base: 0x3f8,
    irq: {
      set: (isHigh) => {
        seen.isHigh = isHigh;
      },
    },
    onTransmit: (byte) => seen.sent.push(byte),
  });
  const ports = new PortSpace((what) => expect.fail(what));
  for (const claim of uart.claims()) ports.claim(claim);
  const read = (register: number) => ports.read(0x3f8 + register, 1);
  const write = (register: number, value: number) => ports.write(0x3f8 + register, 1, value);
  const receive = (count: number) => uart.receive(Uint8Array.from({ length: count }, (_, index) => index + 1));
  return { seen, read, write, receive };
}

const LOOPBACK = 0x10;

describe('registers', () => {
  it('a written byte leaves at once and the transmitter is empty again', () => {
    const { seen, read, write } = setUp();
    write(0, 0x41);
    expect([seen.sent, read(5)]).toEqual([[0x41], 0x60]);
  });

  it('DLAB shows the divisor in place of data and interrupt enable', () => {
    const { seen, read, write } = setUp();
    write(1, 0x05);
    write(3, 0x83);
    write(0, 0x0c);
    write(1, 0x01);
    expect([read(0), read(1), read(3)]).toEqual([0x0c, 0x01, 0x83]);
    write(3, 0x03);
    expect([read(1), seen.sent]).toEqual([0x05, []]);
  });

  it('the scratch register keeps a byte; the status registers are read-only', () => {
    const { read, write } = setUp();
    write(7, 0xa5);
    write(5, 0xff);
    write(6, 0xff);
    expect([read(7), read(5), read(6)]).toEqual([0xa5, 0x60, 0xb0]);
  });

  it('bits without a function read 0', () => {
    const { read, write } = setUp();
    write(1, 0xff);
    write(4, 0xff);
    expect([read(1), read(4)]).toEqual([0x0f, 0x1f]);
  });
});

describe('receiving', () => {
  it('without FIFOs takes one byte at a time and loses none', () => {
    const { read, receive } = setUp();
    receive(3);
    expect([read(5) & 3, read(0), read(0), read(0), read(5) & 3, read(0)]).toEqual([1, 1, 2, 3, 0, 0]);
  });

  it('takes up to 16 bytes into the FIFO, the others wait for room', () => {
    const { read, write, receive } = setUp();
    write(2, 0x01);
    receive(20);
    write(2, 0x03); // clears the FIFO: four bytes are still outside
    expect([1, 2, 3, 4].map(() => read(0))).toEqual([17, 18, 19, 20]);
    expect(read(5) & 1).toBe(0);
  });

  it('FIFO control without bit 0 switches the FIFOs off and nothing else', () => {
    const { read, write } = setUp();
    write(2, 0xc7);
    expect(read(2)).toBe(0xc1);
    write(2, 0x46);
    expect(read(2)).toBe(0x01);
  });
});

describe('interrupts', () => {
  it('reach the line with OUT2 off, too: kernels that never ran on a serial card leave it so', () => {
    const { seen, write, receive } = setUp();
    write(4, 0);
    write(1, 0x01);
    expect(seen.isHigh).toBe(false);
    receive(1);
    expect(seen.isHigh).toBe(true);
  });

  it('received data: until the byte is read', () => {
    const { seen, read, write, receive } = setUp();
    write(1, 0x01);
    receive(1);
    expect([seen.isHigh, read(2)]).toEqual([true, 0x04]);
    read(0);
    expect([seen.isHigh, read(2)]).toEqual([false, 0x01]);
  });

  it('FIFO: trigger level reached, or timeout below it', () => {
    const { read, write, receive } = setUp();
    write(2, 0x81); // trigger at 8
    write(1, 0x01);
    receive(8);
    expect(read(2)).toBe(0xc4);
    read(0);
    expect(read(2)).toBe(0xcc);
  });

  it('transmitter empty: after enabling and after each byte, until it is identified', () => {
    const { seen, read, write } = setUp();
    write(1, 0x02);
    expect([seen.isHigh, read(2), seen.isHigh, read(2)]).toEqual([true, 0x02, false, 0x01]);
    write(1, 0x02); // it was enabled before
    expect(seen.isHigh).toBe(false);
    write(0, 0x41);
    expect([seen.isHigh, read(2), seen.isHigh]).toEqual([true, 0x02, false]);
  });

  it('transmitter empty: after its FIFO is emptied or switched', () => {
    const { read, write } = setUp();
    write(1, 0x02);
    read(2);
    const after = (control: number): number => {
      write(2, control);
      return read(2);
    };
    expect([0x01, 0x01, 0x03, 0x05, 0x00].map(after)).toEqual([0xc2, 0xc1, 0xc1, 0xc2, 0x02]);
  });

  it('priorities: line status, then data, then transmitter, then modem', () => {
    const { read, write } = setUp();
    write(4, LOOPBACK);
    write(1, 0x0f);
    write(0, 1);
    write(0, 2); // overruns the one-byte buffer
    write(4, LOOPBACK | 0x01); // changes DSR
    const order = [read(2)];
    expect(read(5)).toBe(0x63);
    order.push(read(2));
    expect(read(0)).toBe(2);
    order.push(read(2), read(2));
    expect(read(6)).toBe(0x2b); // DSR on; DSR, CTS and DCD changed: loopback took the modem away
    order.push(read(2));
    expect(order).toEqual([0x06, 0x04, 0x02, 0x00, 0x01]);
  });
});

describe('loopback', () => {
  it('gives transmitted bytes back and lets none out or in', () => {
    const { seen, read, write, receive } = setUp();
    write(2, 0x01);
    write(4, LOOPBACK);
    receive(1);
    write(0, 0x55);
    expect([read(0), read(0), seen.sent]).toEqual([0x55, 0, []]);
    write(4, 0);
    expect(read(0)).toBe(1);
  });

  it('a full FIFO loses the new byte and says overrun once', () => {
    const { read, write } = setUp();
    write(2, 0x01);
    write(4, LOOPBACK);
    for (let byte = 1; byte <= 17; byte++) write(0, byte);
    expect([read(5) & 2, read(5) & 2]).toEqual([2, 0]);
    expect(Array.from({ length: 17 }, () => read(0))).toEqual([...Array.from({ length: 16 }, (_, i) => i + 1), 0]);
  });

  it('shows the modem outputs as inputs: DTR as DSR, RTS as CTS, OUT1 as RI, OUT2 as DCD', () => {
    const { read, write } = setUp();
    const inputs = [1, 2, 4, 8].map((output) => {
      write(4, LOOPBACK | output);
      return read(6) & 0xf0;
    });
    expect(inputs).toEqual([0x20, 0x10, 0x40, 0x80]);
  });

  it('RI counts as changed on its trailing edge only', () => {
    const { read, write } = setUp();
    write(4, LOOPBACK);
    read(6);
    write(4, LOOPBACK | 0x04);
    expect(read(6)).toBe(0x40);
    write(4, LOOPBACK);
    expect(read(6)).toBe(0x04);
  });
});
