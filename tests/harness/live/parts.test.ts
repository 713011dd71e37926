import { expect, test } from 'vitest';
import { hex } from '../../../emulator/index.ts';
import { AbsentParts } from '../../../harness/live/absent-parts.ts';
import { Pacer } from '../../../harness/live/pacer.ts';
import { SerialText } from '../../../harness/live/serial-text.ts';

test('serial text keeps what is harmless and shows what would command the terminal', () => {
  const serial = new SerialText();
  expect(serial.decode(Buffer.from('a\tb\r\nc\bd'))).toBe('a\tb\r\nc\bd');
  expect(serial.decode(Buffer.from('\x1b]0;owned\x07\x9b2J', 'latin1'))).toBe('\\x1b]0;owned\\x07\ufffd2J');
  expect(serial.decode(Buffer.from('\u009b2J\u202e'))).toBe('\\x9b2J\\u202e');
});

test('serial text in UTF-8 may arrive byte by byte', () => {
  const serial = new SerialText();
  expect([0xc3, 0xa9].map((byte) => serial.decode(Uint8Array.of(byte))).join('')).toBe('é');
});

test('a guest is held back to real time; one that fell behind is not hurried', () => {
  let now = 1000;
  const pacer = new Pacer(() => now);
  expect(pacer.lead(0)).toBe(0);
  expect(pacer.lead(0.5)).toBeCloseTo(400); // 100 ms it may catch up with
  now = 5000;
  expect(pacer.lead(0.5)).toBe(0);
  expect(pacer.lead(1)).toBeCloseTo(400);
});

test('what is not there is listed in order with counts and places, the first twenty', () => {
  const absent = new AbsentParts();
  expect(absent.describe(hex)).toBe('');
  for (let port = 0; port < 22; port++) {
    absent.note({ kind: 'unhandled', what: `read of port ${port}`, eip: 0x7c00, icount: port, writes: 0 });
  }
  absent.note({ kind: 'unhandled', what: 'read of port 0', eip: 0x7c10, icount: 99, writes: 0 });
  const text = absent.describe(hex);
  expect(text).toContain('  read of port 0: 2 times, first at 0x00007c00 (icount 0)\n  read of port 1: once');
  expect(text.trimEnd().split('\n').at(-1)).toBe('  and 2 others');
  expect(absent.describe(() => 'main (boot.c:3)')).toContain('first at main (boot.c:3), 0x00007c00');
});
