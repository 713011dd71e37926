import { describe, expect, it } from 'vitest';
import { PortSpace } from '../../../../emulator/bus/port-space.ts';
import { Keyboard8042 } from '../../../../emulator/devices/keyboard/keyboard-8042.ts';
import { Ps2Mouse } from '../../../../emulator/devices/keyboard/ps2-mouse.ts';
import { A20Latch } from '../../../../emulator/devices/ports/a20-latch.ts';
import { TestClock } from '../../time/test-clock.ts';

function setUp(keyHoldIcount = 0) {
  const clock = new TestClock();
  const mouse = new Ps2Mouse();
  const seen = {
    irqs: 0,
    isHigh: false,
    mouseIrqs: 0,
    isMouseHigh: false,
    resets: 0,
    a20: true,
    unhandled: [] as string[],
  };
  const a20 = new A20Latch({
    onChange: (isEnabled) => {
      seen.a20 = isEnabled;
    },
  });
  const controller = new Keyboard8042({
    clock: clock.scheduler,
    a20,
    auxiliary: mouse,
    keyHoldIcount,
    irq12: {
      set: (isHigh) => {
        if (isHigh && !seen.isMouseHigh) seen.mouseIrqs++;
        seen.isMouseHigh = isHigh;
      },
    },
    irq1: {
      set: (isHigh) => {
        if (isHigh && !seen.isHigh) seen.irqs++;
        seen.isHigh = isHigh;
      },
    },
    onReset: () => {
      seen.resets++;
    },
    onUnhandled: (what) => seen.unhandled.push(what),
  });
  const ports = new PortSpace((what) => expect.fail(what));
  for (const claim of controller.claims()) ports.claim(claim);
  const command = (...bytes: readonly number[]) => {
    bytes.forEach((byte, index) => void ports.write(index === 0 ? 0x64 : 0x60, 1, byte));
  };
  const read = () => ports.read(0x60, 1);
  const status = () => ports.read(0x64, 1);
  /** Everything that arrives in time, read as a driver does: when the status says so. */
  const drain = () => {
    const bytes: number[] = [];
    for (clock.advance(5000); (status() & 1) !== 0; clock.advance(5000)) bytes.push(read());
    return bytes;
  };
  return {
    controller,
    clock,
    seen,
    a20,
    command,
    read,
    status,
    drain,
    moveMouse: (dx: number, dy: number, buttons = 0, wheel = 0) => {
      mouse.input({ dx, dy, wheel, buttons });
      controller.noteAuxiliary();
    },
    /** Bytes for the mouse, each by way of D4h; its answers. */
    tellMouse: (...bytes: readonly number[]) =>
      bytes.flatMap((byte) => {
        command(0xd4, byte);
        return drain();
      }),
    press: (...bytes: readonly number[]) => controller.queueScancodes(Uint8Array.from(bytes)),
    send: (byte: number) => ports.write(0x60, 1, byte),
  };
}

describe('scancodes', () => {
  it('arrive one by one, each with its own IRQ 1, the next only after the earlier one was read', () => {
    const { clock, seen, press, read, status } = setUp();
    press(0x1e, 0x9e);
    expect([status() & 1, seen.irqs]).toEqual([0, 0]);
    clock.advance(100_000);
    expect([status() & 1, seen.irqs]).toEqual([1, 1]);
    expect([read(), seen.isHigh, status() & 1]).toEqual([0x1e, false, 0]);
    clock.advance(100_000);
    expect([seen.irqs, read()]).toEqual([2, 0x9e]);
    clock.advance(100_000);
    expect([seen.irqs, status() & 1]).toEqual([2, 0]);
  });

  it('an empty buffer shows the last byte again', () => {
    const { press, drain, read } = setUp();
    press(0x1e);
    drain();
    expect(read()).toBe(0x1e);
  });

  it('before any, the buffer shows what the keyboard last answered the firmware', () => {
    expect(setUp().read()).toBe(0xfa);
  });

  it('raise no IRQ while the command byte forbids it, but the buffer fills', () => {
    const { clock, seen, command, press, status } = setUp();
    command(0x60, 0x64);
    press(0x1e);
    clock.advance(5000);
    expect([seen.irqs, status() & 1]).toEqual([0, 1]);
    command(0x60, 0x65);
    expect(seen.irqs).toBe(1);
  });

  it('wait while the keyboard interface is disabled', () => {
    const { command, press, drain } = setUp();
    press(0x1e);
    command(0xad);
    press(0x9e);
    expect(drain()).toEqual([]);
    command(0xae);
    expect(drain()).toEqual([0x1e, 0x9e]);
  });

  it('are not on their way while the keyboard interface is disabled, whoever looks at the port', () => {
    const { controller, clock, command, press } = setUp();
    press(0x1e);
    command(0xad);
    clock.advance(5000);
    for (const { first, read } of controller.claims()) read?.(first, 1);
    expect(controller.isByteComing).toBe(false);
    command(0xae);
    expect(controller.isByteComing).toBe(true);
  });

  it('are lost while the keyboard does not scan', () => {
    const { send, press, drain } = setUp();
    send(0xf5);
    press(0x1e);
    expect(drain()).toEqual([0xfa]);
    send(0xf4);
    press(0x9e);
    expect(drain()).toEqual([0xfa, 0x9e]);
  });
});

describe('scan code sets', () => {
  const TRANSLATION_OFF = [0x60, 0x25] as const;
  const KEYS = [0x1e, 0x9e, 0xe0, 0x48, 0xe0, 0xc8];

  it('without translation a key has the codes of set 2, a break code F0h before them', () => {
    const { command, press, drain } = setUp();
    command(...TRANSLATION_OFF);
    press(...KEYS);
    expect(drain()).toEqual([0x1c, 0xf0, 0x1c, 0xe0, 0x75, 0xe0, 0xf0, 0x75]);
  });

  it('the Pause key has no break code in either set', () => {
    const { command, press, drain } = setUp();
    command(...TRANSLATION_OFF);
    press(0xe1, 0x1d, 0x45, 0xe1, 0x9d, 0xc5);
    expect(drain()).toEqual([0xe1, 0x14, 0x77, 0xe1, 0xf0, 0x14, 0xf0, 0x77]);
  });

  it('without translation set 1 comes to a guest that chose it', () => {
    const { command, send, press, drain } = setUp();
    command(...TRANSLATION_OFF);
    send(0xf0);
    send(0x01);
    expect(drain()).toEqual([0xfa]); // one answer: the parameter ended the first
    press(...KEYS);
    expect(drain()).toEqual(KEYS);
  });

  it('translation turned on between two bytes of a key leaves what is on its way as it is', () => {
    const { clock, command, press, read, drain } = setUp();
    command(...TRANSLATION_OFF);
    press(0x9e, 0x1e);
    clock.advance(5000);
    expect(read()).toBe(0xf0);
    command(0x60, 0x65);
    expect(drain()).toEqual([0x1c, 0x1e]);
  });
});

describe('controller commands', () => {
  it('20h and 60h read and write the command byte', () => {
    const { command, read, drain } = setUp();
    command(0x20);
    expect(read()).toBe(0x61);
    command(0x60, 0x47);
    command(0x20);
    expect(drain()).toEqual([0x47]);
  });

  it('AAh, ABh, C0h and A9h give their results at once', () => {
    const { command, status, read } = setUp();
    for (const [byte, answer] of [
      [0xaa, 0x55],
      [0xab, 0x00],
      [0xc0, 0x80],
      [0xa9, 0x00],
    ]) {
      command(byte);
      expect([status() & 1, read(), status() & 1]).toEqual([1, answer, 0]);
    }
  });

  it('a second answer waits until the first is read', () => {
    const { command, read, status } = setUp();
    command(0xaa);
    command(0xab);
    expect([read(), status() & 1, read(), status() & 1]).toEqual([0x55, 1, 0x00, 0]);
  });

  it('status says that the self test passed and the keyboard is not locked, whatever the command byte, and bit 3 stays', () => {
    const { command, send, status, drain } = setUp();
    expect(status()).toBe(0x1c);
    command(0x60, 0);
    expect(status()).toBe(0x1c);
    send(0xee);
    drain();
    expect(status()).toBe(0x1c);
  });

  it('D1h switches A20, D0h shows it', () => {
    const { a20, seen, command, read } = setUp();
    command(0xd1, 0x01);
    expect([a20.isEnabled, seen.a20]).toEqual([false, false]);
    command(0xd0);
    expect(read()).toBe(0xcd); // what leads nowhere reads as ones, as on QEMU's
    command(0xd1, 0x03);
    command(0xd0);
    expect([seen.a20, read() & 0x03]).toEqual([true, 0x03]);
  });

  it('FEh pulses reset, and so does an output port with bit 0 clear; FFh and FDh do not', () => {
    const { seen, command } = setUp();
    command(0xff);
    command(0xfd);
    expect(seen.resets).toBe(0);
    command(0xfe);
    command(0xd1, 0x02);
    expect(seen.resets).toBe(2);
  });

  it('D2h puts a byte into the output buffer as if from the keyboard', () => {
    const { command, seen, read } = setUp();
    command(0xd2, 0x3c);
    expect([seen.irqs, read()]).toEqual([1, 0x3c]);
  });

  it('reports a command it does not have', () => {
    const { command, seen } = setUp();
    command(0xcc);
    command(0x61, 0);
    expect(seen.unhandled).toEqual(['8042 command 0xcc', '8042 RAM byte 1']);
  });
});

describe('keyboard commands', () => {
  it.each([
    ['EDh sets the LEDs', [0xed, 0x02], [0xfa, 0xfa]],
    ['EEh is echoed', [0xee], [0xee]],
    ['F0h 0 tells set 2, translated', [0xf0, 0x00], [0xfa, 0xfa, 0x41]],
    ['F0h chooses a set', [0xf0, 0x01, 0xf0, 0x00], [0xfa, 0xfa, 0xfa, 0xfa, 0x43]],
    ['F0h refuses a fourth set', [0xf0, 0x04], [0xfa, 0xfe]],
    ['F2h identifies the keyboard, translated', [0xf2], [0xfa, 0xab, 0x41]],
    ['F3h takes the typematic rate', [0xf3, 0x20], [0xfa, 0xfa]],
    ['F6h sets defaults', [0xf6], [0xfa]],
    ['FFh resets and passes the self test', [0xff], [0xfa, 0xaa]],
    ['FEh repeats the last byte', [0xee, 0xfe], [0xee, 0xee]],
    ['an unknown command asks to resend', [0x12], [0xfe]],
    ['a command where a parameter was due is a command', [0xed, 0xee], [0xfa, 0xee]],
  ])('%s', (_rule, sent, expected) => {
    const { send, drain } = setUp();
    const answers = sent.flatMap((byte) => {
      send(byte);
      return drain();
    });
    expect(answers).toEqual(expected);
  });

  it('without translation the identification is AB 83', () => {
    const { command, send, drain } = setUp();
    command(0x60, 0x25);
    send(0xf2);
    expect(drain()).toEqual([0xfa, 0xab, 0x83]);
  });

  it('a byte ends the answer to the one before, wherever that is, and takes no key away', () => {
    const { clock, send, press, read, drain, status } = setUp();
    send(0xf2);
    clock.advance(5000);
    press(0x1e);
    send(0xee);
    expect([status() & 1, drain()]).toEqual([1, [0xee, 0x1e]]);
    press(0x9e);
    clock.advance(5000);
    send(0xee);
    expect([read(), drain()]).toEqual([0x9e, [0xee]]);
  });

  it('while ADh keeps the keyboard off, no byte interrupts but the mouse’s, and AEh lets one that is there do so', () => {
    const { seen, command, read } = setUp();
    command(0xad);
    command(0x20);
    expect(seen.irqs).toBe(0);
    command(0xae);
    expect(seen.irqs).toBe(1);
    expect(read()).toBe(0x71);
  });

  it('what belongs together stands one byte behind the other, without a look at the status or time between', () => {
    const { clock, command, send, press, read, moveMouse, tellMouse } = setUp();
    send(0xf2);
    expect([read(), read(), read(), read()]).toEqual([0xfa, 0xab, 0x41, 0x41]);
    press(0xe0, 0x48, 0xe0, 0xc8);
    clock.advance(5000);
    expect([read(), read(), read()]).toEqual([0xe0, 0x48, 0x48]);
    clock.advance(5000);
    expect([read(), read()]).toEqual([0xe0, 0xc8]);
    tellMouse(0xf4);
    moveMouse(5, 3);
    clock.advance(5000);
    expect([read(), read(), read(), read()]).toEqual([0x28, 5, 0xfd, 0xfd]);
    command(0x60, 0x25);
    press(0x9e);
    clock.advance(5000);
    expect([read(), read()]).toEqual([0xf0, 0x1c]);
  });

  it('a key stays down as long as it should, not so long when another waits, and answers come meanwhile', () => {
    const { clock, press, read, status, tellMouse } = setUp(100_000);
    const wait = (icount: number): number => {
      clock.advance(icount);
      return (status() & 1) === 0 ? 0 : read();
    };
    press(0x2a, 0x1e, 0x9e, 0xaa, 0x1f, 0x9f);
    expect([wait(1000), wait(1000), wait(39_000), wait(1000), wait(1000), wait(1000)]).toEqual([
      0x2a, 0x1e, 0, 0x9e, 0xaa, 0x1f,
    ]);
    expect(wait(90_000)).toBe(0);
    expect(tellMouse(0xe6)).toEqual([0xfa]);
    expect(wait(100_000)).toBe(0x9f);
  });

  it('answers come before keys, and a reset empties the key buffer', () => {
    const { command, send, press, drain } = setUp();
    command(0xad);
    press(0x1e);
    send(0xee); // sending enables the interface again
    expect(drain()).toEqual([0xee, 0x1e]);
    command(0xad);
    press(0x1e);
    send(0xff);
    expect(drain()).toEqual([0xfa, 0xaa]);
  });
});

describe('the mouse', () => {
  it('answers reset, identity and status, and reports nothing until it is told to', () => {
    const { tellMouse, moveMouse, drain } = setUp();
    expect(tellMouse(0xff)).toEqual([0xfa, 0xaa, 0x00]);
    expect(tellMouse(0xf2)).toEqual([0xfa, 0x00]);
    expect(tellMouse(0xe8, 3, 0xf3, 40, 0xe9)).toEqual([0xfa, 0xfa, 0xfa, 0xfa, 0xfa, 0x00, 3, 40]);
    moveMouse(1, 1);
    expect(drain()).toEqual([]);
  });

  it('reports movement and buttons in packets of three, upward positive, large ones in several', () => {
    const { tellMouse, moveMouse, drain } = setUp();
    tellMouse(0xf4);
    moveMouse(5, 3, 1);
    expect(drain()).toEqual([0x29, 5, 0xfd]);
    moveMouse(-300, 0, 6);
    expect(drain()).toEqual([0x1e, 1, 0, 0x1e, 211, 0]);
    moveMouse(0, 0, 0);
    expect(drain()).toEqual([0x08, 0, 0]);
  });

  it('has a wheel after 200, 100, 80 and five buttons after 200, 200, 80', () => {
    const { tellMouse, moveMouse, drain } = setUp();
    expect(tellMouse(0xf3, 200, 0xf3, 100, 0xf3, 80, 0xf2).slice(-1)).toEqual([3]);
    tellMouse(0xf4);
    moveMouse(1, 0, 0, -2);
    expect(drain()).toEqual([0x08, 1, 0, 0xfe]);
    expect(tellMouse(0xf3, 200, 0xf3, 200, 0xf3, 80, 0xf2).slice(-1)).toEqual([4]);
    moveMouse(0, 0, 0x11, 1);
    expect(drain()).toEqual([0x09, 0, 0, 0x21]);
    expect(tellMouse(0xff, 0xf2)).toEqual([0xfa, 0xaa, 0, 0xfa, 0]);
  });

  it('sends on request in remote mode, and gives every byte back while it wraps', () => {
    const { tellMouse, moveMouse, drain } = setUp();
    tellMouse(0xf0);
    moveMouse(2, 0);
    moveMouse(3, 0);
    expect(drain()).toEqual([]);
    expect(tellMouse(0xeb)).toEqual([0xfa, 0x08, 5, 0]);
    expect(tellMouse(0xee, 0x12, 0xf4, 0xec, 0xf2)).toEqual([0xfa, 0x12, 0xf4, 0xfa, 0xfa, 0]);
    expect(tellMouse(0x55, 0xfe)).toEqual([0xfe, 0xfe]);
  });

  it('marks its bytes in the status and raises IRQ 12 if bit 1 of the command byte says so, never IRQ 1', () => {
    const { clock, seen, status, read, command, moveMouse } = setUp();
    command(0xa8);
    command(0xd4, 0xf4);
    clock.advance(5000);
    expect([status() & 0x21, seen.mouseIrqs, seen.irqs]).toEqual([0x21, 0, 0]);
    expect(read()).toBe(0xfa);
    command(0x60, 0x47);
    moveMouse(1, 0);
    for (let i = 0; i < 3; i++) {
      clock.advance(5000);
      read();
    }
    expect([seen.mouseIrqs, seen.irqs, status() & 0x21]).toEqual([3, 0, 0]);
  });

  it('keeps its bytes while A7h has turned it off, and keys go first', () => {
    const { clock, command, drain, tellMouse, moveMouse, press, status } = setUp();
    tellMouse(0xf4);
    command(0xa7);
    moveMouse(1, 0);
    clock.advance(5000);
    expect(status() & 1).toBe(0);
    press(0x1e);
    command(0xa8);
    expect(drain()).toEqual([0x1e, 0x08, 1, 0]);
  });

  it('D3h puts a byte there as if it came from the mouse; A9h finds the line good; DFh and DDh move A20', () => {
    const { clock, command, status, read, seen } = setUp();
    command(0xd3, 0x5c);
    expect([status() & 0x21, read()]).toEqual([0x21, 0x5c]);
    command(0xa9);
    clock.advance(5000);
    expect(read()).toBe(0);
    command(0xdd);
    expect(seen.a20).toBe(false);
    command(0xdf);
    expect(seen.a20).toBe(true);
  });
});
