import { describe, expect, it } from 'vitest';
import { PortSpace } from '../../../emulator/bus/port-space.ts';
import type { PortClaim } from '../../../emulator/bus/ports.ts';
import { A20Latch } from '../../../emulator/devices/ports/a20-latch.ts';
import { DebugConsoleE9 } from '../../../emulator/devices/ports/debug-console-e9.ts';
import { ExitPortF4 } from '../../../emulator/devices/ports/exit-port-f4.ts';
import { Port92 } from '../../../emulator/devices/ports/port-92.ts';
import { PostPort80 } from '../../../emulator/devices/ports/post-port-80.ts';
import { SystemControl61 } from '../../../emulator/devices/ports/system-control-61.ts';
import { TestClock } from '../time/test-clock.ts';

function portsOf(device: { claims(): readonly PortClaim[] }): PortSpace {
  const ports = new PortSpace((what) => expect.fail(what));
  for (const claim of device.claims()) ports.claim(claim);
  return ports;
}

describe('port 92h', () => {
  function setUp() {
    const seen = { resets: 0, a20: [] as boolean[] };
    const a20 = new A20Latch({ onChange: (isEnabled) => seen.a20.push(isEnabled) });
    const device = new Port92({
      a20,
      onReset: () => {
        seen.resets++;
      },
    });
    return { seen, a20, ports: portsOf(device) };
  }

  it('bit 1 is the A20 gate, also when another switch moved it', () => {
    const { seen, a20, ports } = setUp();
    ports.write(0x92, 1, 0x00);
    ports.write(0x92, 1, 0x00);
    expect([seen.a20, ports.read(0x92, 1)]).toEqual([[false], 0x00]);
    a20.set(true);
    expect(ports.read(0x92, 1)).toBe(0x02);
  });

  it('bit 0 resets when it rises, not when it stays', () => {
    const { seen, ports } = setUp();
    ports.write(0x92, 1, 0x02);
    expect(seen.resets).toBe(0);
    ports.write(0x92, 1, 0x03);
    ports.write(0x92, 1, 0x03);
    expect(seen.resets).toBe(1);
  });
});

describe('port 61h', () => {
  function setUp() {
    const clock = new TestClock();
    const pit = { gate: false, output: false };
    const device = new SystemControl61({
      clock: clock.scheduler,
      instructionsPerPitClock: 4,
      setGate2: (isHigh) => {
        pit.gate = isHigh;
      },
      output2: () => pit.output,
    });
    return { clock, pit, ports: portsOf(device) };
  }

  it('drives the gate of counter 2 and shows its output', () => {
    const { pit, ports } = setUp();
    ports.write(0x61, 1, 0xf1);
    expect([pit.gate, ports.read(0x61, 1)]).toEqual([true, 0x01]);
    pit.output = true;
    ports.write(0x61, 1, 0x02);
    expect([pit.gate, ports.read(0x61, 1)]).toEqual([false, 0x22]);
  });

  it('toggles the refresh bit every 18 PIT clocks', () => {
    const { clock, ports } = setUp();
    clock.advance(71);
    expect(ports.read(0x61, 1)).toBe(0x00);
    clock.advance(1);
    expect(ports.read(0x61, 1)).toBe(0x10);
    clock.advance(72);
    expect(ports.read(0x61, 1)).toBe(0x00);
  });
});

it('the debug console answers E9h and hands bytes out', () => {
  const bytes: number[] = [];
  const device = new DebugConsoleE9({ onByte: (byte) => bytes.push(byte) });
  const ports = portsOf(device);
  ports.write(0xe9, 1, 0x41);
  expect([ports.read(0xe9, 1), bytes]).toEqual([0xe9, [0x41]]);
});

it('the exit port takes bytes, words and double words whole', () => {
  const values: number[] = [];
  const ports = portsOf(new ExitPortF4({ onExit: (value) => values.push(value) }));
  ports.write(0xf4, 1, 0x10);
  ports.write(0xf4, 2, 0x1234);
  ports.write(0xf4, 4, 0xdeadbeef);
  expect(values).toEqual([0x10, 0x1234, 0xdeadbeef]);
});

it('the POST port keeps the last code', () => {
  const ports = portsOf(new PostPort80());
  ports.write(0x80, 1, 0x55);
  expect(ports.read(0x80, 1)).toBe(0x55);
});
