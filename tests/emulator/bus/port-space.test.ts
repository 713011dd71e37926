import { describe, expect, it } from 'vitest';
import { PortSpace } from '../../../emulator/bus/port-space.ts';
import type { PortClaim } from '../../../emulator/bus/ports.ts';

function setUp(...claims: readonly Partial<PortClaim>[]) {
  const log: string[] = [];
  const ports = new PortSpace((what) => log.push(what));
  for (const claim of claims) {
    ports.claim({
      owner: 'device',
      first: 0x100,
      last: 0x103,
      read: (port, size) => {
        log.push(`in ${port.toString(16)} ${size}`);
        return port & 0xff;
      },
      write: (port, size, value) => log.push(`out ${port.toString(16)} ${size} ${value.toString(16)}`),
      ...claim,
    });
  }
  return { ports, log };
}

describe('PortSpace', () => {
  it('an unclaimed read gives all ones and is reported once, whatever its size', () => {
    const { ports, log } = setUp();
    expect([ports.read(0x1f7, 1), ports.read(0x1f7, 2), ports.read(0xcf8, 4)]).toEqual([0xff, 0xffff, 0xffffffff]);
    expect(log).toEqual(['read of port 0x1f7', 'read of port 0x1f7', 'read of port 0xcf8']);
  });

  it('an unclaimed write is reported', () => {
    const { ports, log } = setUp();
    ports.write(0x1f7, 4, 0xffffffff);
    expect(log).toEqual(['write of port 0x1f7']);
  });

  it('a claim without a handler for the direction counts as unclaimed there', () => {
    const ports = new PortSpace(() => undefined);
    ports.claim({ owner: 'deaf', first: 0x10, last: 0x10, read: () => 5 });
    ports.claim({ owner: 'mute', first: 0x11, last: 0x11, write: () => undefined });
    expect([ports.read(0x10, 1), ports.read(0x11, 1)]).toEqual([5, 0xff]);
  });

  it('splits a wide access to byte ports, low half first', () => {
    const { ports, log } = setUp({});
    expect(ports.read(0x100, 4)).toBe(0x03020100);
    ports.write(0x101, 2, 0xabcd);
    const reads = ['in 100 1', 'in 101 1', 'in 102 1', 'in 103 1'];
    expect(log).toEqual([...reads, 'out 101 1 cd', 'out 102 1 ab']);
  });

  it('gives unsigned results when the top byte is set', () => {
    const { ports } = setUp({ first: 0xfc, last: 0xff });
    expect(ports.read(0xfc, 4)).toBe(0xfffefdfc);
  });

  it('hands a wide access to a device that takes it', () => {
    const { ports, log } = setUp({ widths: [1, 2] });
    ports.write(0x100, 4, 0x12345678);
    ports.read(0x100, 2);
    expect(log).toEqual(['out 100 2 5678', 'out 102 2 1234', 'in 100 2']);
  });

  it('a split access meets the neighbour device and reports the part that is nobody', () => {
    const { ports, log } = setUp({ owner: 'left', last: 0x100 }, { owner: 'right', first: 0x101, last: 0x101 });
    expect(ports.read(0x100, 4)).toBe(0xffff0100);
    expect(log).toEqual(['in 100 1', 'in 101 1', 'read of port 0x102']);
  });

  it('wraps a wide access at the last port', () => {
    const { ports } = setUp({ first: 0xffff, last: 0xffff }, { first: 0, last: 0 });
    expect(ports.read(0xffff, 2)).toBe(0x00ff);
  });

  it('refuses overlapping claims and names both owners', () => {
    const { ports } = setUp({ owner: 'first one' });
    const overlap = () => ports.claim({ owner: 'second one', first: 0xff, last: 0x100 });
    expect(overlap).toThrow('port 0x100 is claimed by first one and by second one');
    expect(ports.read(0xff, 1)).toBe(0xff);
  });

  it('refuses a claim that is no range of ports', () => {
    expect(() => setUp({ first: 0x200, last: 0x1ff })).toThrow('512 to 511');
    expect(() => setUp({ first: 0xffff, last: 0x10000 })).toThrow('65535 to 65536');
  });

  it('a movable claim follows the guest, gives way to fixed ones and goes when it is moved nowhere', () => {
    const { ports, log } = setUp({});
    const window = (first: number): PortClaim => ({ owner: 'window', first, last: first + 3, read: () => 0x77 });
    ports.move('window', window(0x102));
    expect([ports.read(0x103, 1), ports.read(0x104, 1), ports.read(0x103, 2)]).toEqual([3, 0x77, 0x7703]);
    ports.move('window', window(0x500));
    expect([ports.read(0x502, 1), ports.read(0x104, 1)]).toEqual([0x77, 0xff]);
    ports.move('window', undefined);
    expect(ports.read(0x502, 1)).toBe(0xff);
    expect(log.filter((line) => line.startsWith('read'))).toEqual(['read of port 0x104', 'read of port 0x502']);
  });
});
