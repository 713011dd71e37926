import { expect, test } from 'vitest';
import { KeyDecoder, type Typed } from '../../../harness/live/key-decoder.ts';
import { scancodesOf } from '../../../harness/scenario/keys.ts';

function typed(...pieces: readonly string[]): readonly Typed[] {
  const decoder = new KeyDecoder();
  return pieces.flatMap((piece) => decoder.decode(Buffer.from(piece)));
}

/** `Control+a` for `{ key: 'a', with: ['Control'] }`. */
function nameOf(key: Typed): string {
  return key === 'leave' ? key : [...(key.with ?? []), key.key].join('+');
}

test.each([
  ['a', 'a'],
  ['é', 'é'],
  ['\r', 'Enter'],
  ['\x7f', 'Backspace'],
  ['\t', 'Tab'],
  ['\x1b', 'Escape'],
  ['\x1b[A', 'Up'],
  ['\x1bOD', 'Left'],
  ['\x1bOP', 'F1'],
  ['\x1b[11~', 'F1'],
  ['\x1b[[A', 'F1'],
  ['\x1b[24~', 'F12'],
  ['\x1b[3~', 'Delete'],
  ['\x1b[1;5C', 'Control+Right'],
  ['\x1b[15;2~', 'Shift+F5'],
  ['\x1b[1;8H', 'Shift+Alt+Control+Home'],
  ['\x1b[Z', 'Shift+Tab'],
  ['\x01', 'Control+a'],
  ['\x1a', 'Control+z'],
  ['\0', 'Control+Space'],
  ['\x1bx', 'Alt+x'],
  ['\x1b\x01', 'Alt+Control+a'],
])('%j is %s', (bytes, name) => {
  expect(typed(bytes).map(nameOf)).toEqual([name]);
});

test('Ctrl-C is the wish to leave, wherever it comes', () => {
  expect(typed('a\x03')).toEqual([{ key: 'a' }, 'leave']);
});

test('a sequence and a character may arrive in pieces', () => {
  expect(typed('\x1b[1;', '5A')).toEqual([{ key: 'Up', with: ['Control'] }]);
  const decoder = new KeyDecoder();
  expect([0xc3, 0xa9].flatMap((byte) => decoder.decode(Uint8Array.of(byte)))).toEqual([{ key: 'é' }]);
});

test('what no key sends is left out: answers of the terminal, mouse reports, unknown keys', () => {
  expect(typed('\x1b[?62;4c', '\x1b[<0;1;1M', '\x1b[99~', '\x1b[200~', 'b')).toEqual([{ key: 'b' }]);
});

test('every key that is decoded has scan codes, but for characters that a US keyboard lacks', () => {
  const all = Array.from({ length: 128 }, (_, code) => String.fromCharCode(code)).filter((each) => each !== '\x03');
  for (const key of typed(...all, '\x1b[1;6P', '\x1b[5~', '\x1bOM')) {
    expect(key === 'leave' ? 0 : scancodesOf([key]).length).toBeGreaterThan(0);
  }
});
