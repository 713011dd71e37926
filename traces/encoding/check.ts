import { MalformedTrace } from '../error.ts';

/** Checks of decoded values. Each returns its value with the type it checked, or throws MalformedTrace. */

export function checkArray(value: unknown, what: string): readonly unknown[] {
  if (!Array.isArray(value)) throw new MalformedTrace(`${what} should be an array`);
  return value;
}

export function checkTuple(value: unknown, length: number, what: string): readonly unknown[] {
  const items = checkArray(value, what);
  if (items.length !== length) throw new MalformedTrace(`${what} should have ${length} items, not ${items.length}`);
  return items;
}

export function checkCount(value: unknown, max: number, what: string): number {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 0 || value > max) {
    throw new MalformedTrace(`${what} should be an integer from 0 to ${max}, not ${describe(value)}`);
  }
  return value;
}

export function checkText(value: unknown, what: string): string {
  if (typeof value !== 'string' || !value.isWellFormed()) {
    throw new MalformedTrace(`${what} should be well-formed text, not ${describe(value)}`);
  }
  return value;
}

export function checkBytes(value: unknown, maxLength: number, what: string): Uint8Array {
  if (!(value instanceof Uint8Array)) throw new MalformedTrace(`${what} should be bytes, not ${describe(value)}`);
  if (value.length > maxLength) throw new MalformedTrace(`${what} should have ${maxLength} bytes at most`);
  return value;
}

function describe(value: unknown): string {
  return typeof value === 'number' ? String(value) : value === null ? 'nothing' : `a ${typeof value}`;
}
