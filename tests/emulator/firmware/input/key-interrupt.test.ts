import { describe, expect, it } from 'vitest';
import { SERVICE } from '../../../../emulator/firmware/services.ts';
import { poweredOn } from '../bios-fixture.ts';

const SHIFT_LEFT = 0x2a;
const CONTROL = 0x1d;
const ALT = 0x38;
const CAPS_LOCK = 0x3a;
const NUM_LOCK = 0x45;
const A = 0x1e;
const KEYPAD_7 = 0x47;
const release = (code: number) => code | 0x80;

/** The keys in the buffer after these scancodes, as int 16h/10h gives them, in hex. */
function keysFrom(...scancodes: number[]): string[] {
  const { call, host } = poweredOn();
  for (const al of scancodes) call(SERVICE.key, { al });
  const keys: string[] = [];
  while (!call(SERVICE.keyboard, { ax: 0x1000 }).stubCarry) keys.push(host.reg('ax').toString(16).padStart(4, '0'));
  return keys;
}

function flagsAfter(...scancodes: number[]): number {
  const { call, host } = poweredOn();
  for (const al of scancodes) call(SERVICE.key, { al });
  call(SERVICE.keyboard, { ax: 0x0200 });
  return host.reg('al');
}

describe('int 09h', () => {
  it('Print Screen calls int 05h and SysReq int 15h/85h, when pressed and when released, and they come back to the stub', () => {
    const { call, host } = poweredOn();
    host.writeDword(5 * 4, 0x1234_5678);
    host.writeDword(0x15 * 4, 0x2000_0100);
    const calledBy = (...scancodes: number[]) => {
      for (const al of scancodes) call(SERVICE.key, { cs: 0xf000, ip: 0xe990, al });
      const stack = host.reg('ss') * 16 + host.reg('sp');
      return [host.reg('cs'), host.reg('ip'), host.readWord(stack), host.readWord(stack + 2), host.reg('ax')];
    };
    expect(calledBy(0xe0, 0x37).slice(0, 4)).toEqual([0x1234, 0x5678, 0xe990, 0xf000]);
    expect(calledBy(0x54)).toEqual([0x2000, 0x0100, 0xe990, 0xf000, 0x8500]);
    expect(calledBy(0xd4)).toEqual([0x2000, 0x0100, 0xe990, 0xf000, 0x8501]);
    expect(calledBy(0xe0, 0xb7).slice(0, 2)).toEqual([0xf000, 0xe990]);
  });

  it('a press enters a key, a release none', () => {
    expect(keysFrom(A, release(A))).toEqual(['1e61']);
  });

  it.each([
    ['Shift', [SHIFT_LEFT, A], '1e41'],
    ['right Shift', [0x36, A], '1e41'],
    ['Control', [CONTROL, A], '1e01'],
    ['Alt', [ALT, A], '1e00'],
    ['Control wins over Shift', [SHIFT_LEFT, CONTROL, A], '1e01'],
    ['Alt wins over Control', [CONTROL, ALT, A], '1e00'],
    ['a released Shift is over', [SHIFT_LEFT, release(SHIFT_LEFT), A], '1e61'],
    ['Caps Lock reverses Shift for letters', [CAPS_LOCK, release(CAPS_LOCK), SHIFT_LEFT, A], '1e61'],
    ['Caps Lock leaves digits alone', [CAPS_LOCK, release(CAPS_LOCK), 0x02], '0231'],
    ['the keypad moves', [KEYPAD_7], '4700'],
    ['Num Lock gives it digits', [NUM_LOCK, release(NUM_LOCK), KEYPAD_7], '4737'],
    ['and Shift takes them back', [NUM_LOCK, release(NUM_LOCK), SHIFT_LEFT, KEYPAD_7], '4700'],
    ['Num Lock leaves the minus of the keypad alone', [NUM_LOCK, release(NUM_LOCK), 0x4a], '4a2d'],
    ['a grey key has E0h for a character', [0xe0, 0x48], '48e0'],
    ['Num Lock leaves grey keys alone', [NUM_LOCK, release(NUM_LOCK), 0xe0, KEYPAD_7], '47e0'],
    ['the prefix holds for one key', [0xe0, 0x48, 0xe0, 0xc8, 0x48], '48e0 4800'],
    ['a bracketing Shift of a grey key is none', [0xe0, 0x2a, 0xe0, 0x48, A], '48e0 1e61'],
    ['F11', [0x57], '8500'],
    ['Pause enters nothing and ends with its second byte', [0xe1, 0x1d, 0x45, 0xe1, 0x9d, 0xc5, A], '1e61'],
    ['a key without codes enters nothing', [0x7f, 0x54], ''],
  ])('%s', (_, scancodes, keys) => {
    expect(keysFrom(...scancodes).join(' ')).toBe(keys);
  });

  it('shift flags: left Shift, right Shift, Control, Alt, Scroll, Num, Caps, Insert', () => {
    expect(flagsAfter(SHIFT_LEFT, 0x36, CONTROL, ALT)).toBe(0x0f);
    expect(flagsAfter(0x46, release(0x46), CAPS_LOCK, NUM_LOCK, 0x52)).toBe(0xf0);
  });

  it('40:97 has the lights of the locks', () => {
    const { call, host } = poweredOn();
    for (const al of [CAPS_LOCK, release(CAPS_LOCK), NUM_LOCK]) call(SERVICE.key, { al });
    expect(host.readByte(0x497)).toBe(0x06);
    for (const al of [release(NUM_LOCK), NUM_LOCK]) call(SERVICE.key, { al });
    expect(host.readByte(0x497)).toBe(0x04);
  });

  it('a lock that repeats toggles once', () => {
    expect(flagsAfter(CAPS_LOCK, CAPS_LOCK)).toBe(0x40);
    expect(flagsAfter(CAPS_LOCK, release(CAPS_LOCK), CAPS_LOCK)).toBe(0);
  });

  it('Control is down while either of the two is', () => {
    expect(flagsAfter(CONTROL, 0xe0, CONTROL, release(CONTROL))).toBe(0x04);
    expect(flagsAfter(CONTROL, 0xe0, CONTROL, release(CONTROL), 0xe0, release(CONTROL))).toBe(0);
  });

  it('a full buffer keeps its 15 keys and loses the next', () => {
    const letters = Array.from({ length: 16 }, (_, index) => 0x10 + (index % 10));
    expect(keysFrom(...letters)).toHaveLength(15);
  });

  it('Ctrl-Break empties the buffer, enters 0000h and has the stub call int 1Bh', () => {
    const { host, call } = poweredOn();
    for (const al of [A, CONTROL, 0xe0]) call(SERVICE.key, { al });
    expect(call(SERVICE.key, { al: 0x46 }).stubCarry).toBe(true);
    expect(host.readByte(0x471)).toBe(0x80);
    call(SERVICE.keyboard, { ax: 0x1000 });
    expect(host.reg('ax')).toBe(0);
    expect(call(SERVICE.keyboard, { ax: 0x1000 }).stubCarry).toBe(true);
  });

  it('Ctrl-Alt-Del resets', () => {
    const { host, call } = poweredOn();
    for (const al of [CONTROL, ALT, 0x53]) call(SERVICE.key, { al });
    expect(host.resets).toEqual(['Ctrl-Alt-Del']);
  });
});

describe('int 16h', () => {
  it('00h leaves AX alone and has the stub wait while there is no key', () => {
    const { host, call } = poweredOn();
    expect(call(SERVICE.keyboard, { ax: 0x0000 }).stubCarry).toBe(true);
    call(SERVICE.key, { ax: A });
    expect(call(SERVICE.keyboard, { ax: 0x0000 }).stubCarry).toBe(false);
    expect(host.reg('ax')).toBe(0x1e61);
  });

  it('12h tells left and right apart', () => {
    const { host, call } = poweredOn();
    for (const al of [0xe0, CONTROL, ALT]) call(SERVICE.key, { al });
    call(SERVICE.keyboard, { ax: 0x1200 });
    expect(host.reg('ax')).toBe(0x060c);
  });

  it('an unknown function is an event', () => {
    const { host, call } = poweredOn();
    call(SERVICE.keyboard, { ax: 0x9900 });
    expect(host.unhandledCalls).toEqual(['int 0x16 ah=0x99']);
  });
});
