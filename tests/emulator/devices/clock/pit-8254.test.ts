import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PortSpace } from '../../../../emulator/bus/port-space.ts';
import { Pit8254 } from '../../../../emulator/devices/clock/pit-8254.ts';
import { TestClock } from '../../time/test-clock.ts';

/** Time goes in PIT clocks here; each test says how long one lasts only where it matters. */
function setUp(instructionsPerPitClock = 1) {
  const clock = new TestClock();
  const edges: { readonly icount: number; readonly isHigh: boolean }[] = [];
  let level: boolean | undefined;
  const irq0 = {
    set: (isHigh: boolean) => {
      if (isHigh !== level) edges.push({ icount: clock.icount, isHigh });
      level = isHigh;
    },
  };
  const pit = new Pit8254({ clock: clock.scheduler, instructionsPerPitClock, irq0 });
  const ports = new PortSpace((what) => expect.fail(what));
  for (const claim of pit.claims()) ports.claim(claim);
  const out = (port: number, ...values: readonly number[]) => {
    for (const value of values) ports.write(port, 1, value);
  };
  const read = (port: number) => ports.read(port, 1);
  const tick = (clocks = 1) => clock.advance(clocks * instructionsPerPitClock);
  /** Counter 2 as a waveform: its output before each of so many clocks, H or L. */
  const wave = (clocks: number) => {
    let text = '';
    for (let i = 0; i < clocks; i++) {
      text += pit.output2() ? 'H' : 'L';
      tick();
    }
    return text;
  };
  /** Counter 2, low byte only: its value before each of so many clocks. */
  const counts = (clocks: number) =>
    Array.from({ length: clocks }, () => {
      const value = read(0x42);
      tick();
      return value;
    });
  /** Control word of counter 2, low byte only, binary, in a mode. */
  const setMode = (mode: number) => out(0x43, 0x90 | (mode << 1));
  return { clock, edges, pit, out, read, tick, wave, counts, setMode };
}

describe('waveforms (data sheet, figures of the modes)', () => {
  it('mode 0: low until the count is over, one clock for loading it', () => {
    const { pit, setMode, out, wave } = setUp();
    pit.setGate2(true);
    setMode(0);
    out(0x42, 4);
    expect(wave(9)).toBe('LLLLLHHHH');
  });

  it('mode 0: a low gate holds the count', () => {
    const { pit, setMode, out, tick, counts } = setUp();
    pit.setGate2(true);
    setMode(0);
    out(0x42, 5);
    tick(2);
    pit.setGate2(false);
    expect(counts(3)).toEqual([4, 4, 4]);
    pit.setGate2(true);
    expect(counts(3)).toEqual([4, 3, 2]);
  });

  it('mode 0: a count is loaded even while the gate is low', () => {
    const { setMode, out, tick, counts } = setUp();
    setMode(0);
    out(0x42, 9);
    tick();
    expect(counts(2)).toEqual([9, 9]);
  });

  it('mode 0: the first byte of a new count stops it and pulls the output low', () => {
    const { pit, out, tick, wave, read } = setUp();
    pit.setGate2(true);
    out(0x43, 0xb0);
    out(0x42, 3, 0);
    expect(wave(6)).toBe('LLLLHH');
    out(0x42, 2);
    expect(wave(3)).toBe('LLL');
    out(0x42, 0);
    tick(1);
    expect([read(0x42), read(0x42)]).toEqual([2, 0]);
    expect(wave(3)).toBe('LLH');
  });

  it('mode 1: a gate edge gives one pulse of the count, and restarts it', () => {
    const { pit, setMode, out, wave } = setUp();
    setMode(1);
    out(0x42, 3);
    expect(wave(2)).toBe('HH');
    pit.setGate2(true);
    expect(wave(6)).toBe('HLLLHH');
    pit.setGate2(false);
    pit.setGate2(true);
    expect(wave(3)).toBe('HLL');
    pit.setGate2(false);
    pit.setGate2(true);
    expect(wave(5)).toBe('LLLLH');
  });

  it('mode 2: one low clock at the end of each period', () => {
    const { pit, setMode, out, wave, tick, counts } = setUp();
    pit.setGate2(true);
    setMode(2);
    out(0x42, 4);
    expect(wave(10)).toBe('HHHHLHHHLH');
    tick(3);
    expect(counts(6)).toEqual([4, 3, 2, 1, 4, 3]);
  });

  it('mode 2: a new count waits for the end of the period', () => {
    const { pit, setMode, out, tick, wave } = setUp();
    pit.setGate2(true);
    setMode(2);
    out(0x42, 4);
    tick(2);
    out(0x42, 3);
    expect(wave(9)).toBe('HHLHHLHHL');
  });

  it('modes 2 and 3: a low gate raises the output, a rising one starts a period', () => {
    for (const [mode, expected] of [
      [2, 'HHHHLHHHL'],
      [3, 'HHHLLHHLL'],
    ] as const) {
      const { pit, setMode, out, tick, wave } = setUp();
      pit.setGate2(true);
      setMode(mode);
      out(0x42, 4);
      tick(4);
      pit.setGate2(false);
      expect(wave(7)).toBe('HHHHHHH');
      pit.setGate2(true);
      expect(wave(9)).toBe(expected);
    }
  });

  it('mode 3: a square wave; an odd count is high one clock longer', () => {
    for (const [count, expected] of [
      [4, 'HHHLLHHLLHH'],
      [5, 'HHHHLLHHHLL'],
    ] as const) {
      const { pit, setMode, out, wave } = setUp();
      pit.setGate2(true);
      setMode(3);
      out(0x42, count);
      expect(wave(11)).toBe(expected);
    }
  });

  it('mode 3: counts down in twos, an odd count from one less', () => {
    for (const [count, expected] of [
      [4, [4, 2, 4, 2, 4]],
      [5, [4, 2, 0, 4, 2, 4, 2, 0]],
    ] as const) {
      const { pit, setMode, out, tick, counts } = setUp();
      pit.setGate2(true);
      setMode(3);
      out(0x42, count);
      tick();
      expect(counts(expected.length)).toEqual(expected);
    }
  });

  it('mode 3: a new count starts with the next half', () => {
    const { pit, setMode, out, tick, wave } = setUp();
    pit.setGate2(true);
    setMode(3);
    out(0x42, 8);
    tick(3);
    out(0x42, 4);
    expect(wave(9)).toBe('HHLLHHLLH');
  });

  it('mode 4: one low clock when the count is over, once', () => {
    const { pit, setMode, out, wave } = setUp();
    pit.setGate2(true);
    setMode(4);
    out(0x42, 3);
    expect(wave(8)).toBe('HHHHLHHH');
    expect(wave(300)).not.toContain('L');
  });

  it('mode 5: as mode 4, started by a gate edge', () => {
    const { pit, setMode, out, wave } = setUp();
    setMode(5);
    out(0x42, 2);
    expect(wave(5)).toBe('HHHHH');
    pit.setGate2(true);
    expect(wave(6)).toBe('HHHLHH');
  });
});

describe('reading and writing', () => {
  it('a count of 0 is 65536, in BCD 10000', () => {
    for (const [control, expected] of [
      [0xb4, 0xffff],
      [0xb5, 0x9999],
    ]) {
      const { pit, out, read, tick } = setUp();
      pit.setGate2(true);
      out(0x43, control);
      out(0x42, 0, 0);
      tick(2);
      expect(read(0x42) | (read(0x42) << 8)).toBe(expected);
    }
  });

  it('a latched count stands still until it is read in full', () => {
    const { pit, out, read, tick } = setUp();
    pit.setGate2(true);
    out(0x43, 0xb4);
    out(0x42, 0x00, 0x10);
    tick(1 + 0x234);
    out(0x43, 0x80);
    tick(500);
    out(0x43, 0x80); // a second latch command is ignored
    expect(read(0x42)).toBe(0xcc);
    tick(0x10);
    expect(read(0x42)).toBe(0x0d);
    expect(read(0x42)).not.toBe(0xcc);
  });

  it('read-back latches status and count of the chosen counters; status is read first', () => {
    const { pit, out, read, tick } = setUp();
    pit.setGate2(true);
    out(0x43, 0x94);
    out(0x42, 50);
    out(0x43, 0xe8); // status of counter 2
    expect(read(0x42)).toBe(0x80 | 0x40 | 0x14); // output high, count not loaded yet, low byte only, mode 2
    tick(11);
    out(0x43, 0xc8); // status and count
    tick(5);
    expect([read(0x42), read(0x42), read(0x42)]).toEqual([0x94, 40, 35]);
  });

  it('the null count bit stays set until a new count is really in the counter', () => {
    const { pit, setMode, out, read, tick } = setUp();
    const nullCount = () => {
      out(0x43, 0xe8);
      return (read(0x42) & 0x40) !== 0;
    };
    pit.setGate2(true);
    setMode(2);
    out(0x42, 4);
    const seen = [nullCount()];
    tick();
    seen.push(nullCount());
    out(0x42, 5); // waits for the end of the period
    tick(3);
    seen.push(nullCount());
    tick();
    seen.push(nullCount());
    expect(seen).toEqual([true, false, true, false]);
  });

  it('high byte only sets the low one to zero', () => {
    const { pit, out, read, tick } = setUp();
    pit.setGate2(true);
    out(0x43, 0xa4);
    out(0x42, 2);
    tick(2);
    expect(read(0x42)).toBe(1);
  });

  it('modes 6 and 7 are modes 2 and 3', () => {
    const { out, read } = setUp();
    out(0x43, 0x9e, 0xe8);
    expect(read(0x42) & 0x0e).toBe(0x06);
  });
});

describe('counter 0', () => {
  it('raises IRQ 0 at the exact instruction, every period', () => {
    const { clock, edges, out } = setUp(4);
    clock.advance(10); // in the middle of PIT clock 2
    out(0x43, 0x34);
    out(0x40, 100, 0);
    edges.length = 0;
    clock.advance(1300);
    const rises = edges.filter(({ isHigh }) => isHigh).map(({ icount }) => icount);
    expect(rises).toEqual([(3 + 100) * 4, (3 + 200) * 4, (3 + 300) * 4]);
  });

  it('raises the line for half a period in mode 3', () => {
    const { clock, edges, out } = setUp(2);
    out(0x43, 0x36);
    out(0x40, 10, 0);
    edges.length = 0;
    clock.advance(50);
    expect(edges).toEqual([
      { icount: 12, isHigh: false },
      { icount: 22, isHigh: true },
      { icount: 32, isHigh: false },
      { icount: 42, isHigh: true },
    ]);
  });

  it('fires once in mode 0 and arms no timer after that', () => {
    const { clock, edges, out } = setUp();
    out(0x43, 0x30);
    out(0x40, 5, 0);
    edges.length = 0;
    clock.advance(100);
    expect(edges).toEqual([{ icount: 6, isHigh: true }]);
    expect(clock.scheduler.nextDeadline()).toBe(Number.POSITIVE_INFINITY);
  });

  it('no timer runs before a count is written', () => {
    expect(setUp().clock.scheduler.nextDeadline()).toBe(Number.POSITIVE_INFINITY);
  });

  it('its announced edges are the changes of the output, whatever the guest writes', () => {
    const write = fc.record({ port: fc.constantFrom(0x40, 0x43), value: fc.nat(255), clocks: fc.nat(40) });
    fc.assert(
      fc.property(fc.array(write, { maxLength: 12 }), (writes) => {
        const byTimer = setUp();
        const byPolling = setUp();
        const polled: boolean[] = [];
        const announced: boolean[] = [];
        for (const { port, value, clocks } of writes) {
          // Counter 0 gets small counts: its control words choose the low byte only.
          const written = port === 0x43 ? (value & 0x0e) | 0x10 : value & 15;
          byTimer.out(port, written);
          byPolling.out(port, written);
          for (let i = 0; i < clocks; i++) {
            byTimer.tick();
            announced.push(byTimer.edges[byTimer.edges.length - 1].isHigh);
            byPolling.clock.icount++;
            byPolling.out(0x43, 0xe2); // status of counter 0: bit 7 is the output
            polled.push((byPolling.read(0x40) & 0x80) !== 0);
          }
        }
        expect(announced).toEqual(polled);
      }),
    );
  });
});
