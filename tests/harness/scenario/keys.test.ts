import { expect, test } from 'vitest';
import { scancodesOf, set1Of } from '../../../harness/scenario/keys.ts';

const codes = (...keys: Parameters<typeof scancodesOf>[0]) => Array.from(scancodesOf(keys));

test('a key is a make code and the same with bit 7 set', () => {
  expect(codes('a')).toEqual([0x1e, 0x9e]);
  expect(codes('1z/')).toEqual([0x02, 0x82, 0x2c, 0xac, 0x35, 0xb5]);
});

test('a capital letter is typed with Shift held around it', () => {
  expect(codes('A')).toEqual([0x2a, 0x1e, 0x9e, 0xaa]);
  expect(codes('|')).toEqual([0x2a, 0x2b, 0xab, 0xaa]);
});

test('blanks, line ends and tabs have keys of their own', () => {
  expect(codes(' \n\t\b')).toEqual([0x39, 0xb9, 0x1c, 0x9c, 0x0f, 0x8f, 0x0e, 0x8e]);
});

test('an extended key keeps its E0h prefix in both codes', () => {
  expect(codes({ key: 'Up' })).toEqual([0xe0, 0x48, 0xe0, 0xc8]);
});

test('modifiers are released in reverse order', () => {
  expect(codes({ key: 'PrintScreen' })).toEqual([0xe0, 0x2a, 0xe0, 0x37, 0xe0, 0xb7, 0xe0, 0xaa]);
  expect(codes({ key: 'PrintScreen', with: ['Alt'] })).toEqual([0x38, 0x54, 0xd4, 0xb8]);
  expect(codes({ key: 'PrintScreen', with: ['Shift'] })).toEqual([0x2a, 0xe0, 0x37, 0xe0, 0xb7, 0xaa]);
  expect(codes({ key: 'Pause' })).toEqual([0xe1, 0x1d, 0x45, 0xe1, 0x9d, 0xc5]);
  expect(codes({ key: 'Pause', with: ['Control'] })).toEqual([0x1d, 0xe0, 0x46, 0xe0, 0xc6, 0x9d]);
  expect(codes({ key: 'Delete', with: ['Control', 'Alt'] })).toEqual([0x1d, 0x38, 0xe0, 0x53, 0xe0, 0xd3, 0xb8, 0x9d]);
});

test('a modifier is held around a character, too', () => {
  expect(codes({ key: 'c', with: ['Control'] })).toEqual([0x1d, 0x2e, 0xae, 0x9d]);
  expect(codes({ key: 'e', with: ['AltGr'] })).toEqual([0xe0, 0x38, 0x12, 0x92, 0xe0, 0xb8]);
});

test('scan codes of set 2 become those of set 1', () => {
  expect(Array.from(set1Of([0x1c, 0xf0, 0x1c, 0xe0, 0x75, 0xe0, 0xf0, 0x75]))).toEqual(codes('a', { key: 'Up' }));
});

test('every printable ASCII character can be typed, each its own way', () => {
  const typed = Array.from({ length: 95 }, (_, index) => codes(String.fromCharCode(0x20 + index)).join());
  expect(new Set(typed).size).toBe(95);
});

test('a character that has no key is an error that names it', () => {
  expect(() => codes('naïve')).toThrow('a US keyboard has no key for "ï"');
});

test('a key that has no such name is answered with those there are', () => {
  expect(() => codes({ key: 'Return' })).toThrow('no key is named "Return"; there is Escape, Backspace, Tab, Enter');
});
