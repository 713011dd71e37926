import { UsageError } from '../usage-error.ts';

/** Numbers from `from` up to but not including `to`. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** Reads `FROM..TO` (TO included), `FROM..`, `..TO` or one number; 0x for hex. Errors: UsageError naming the option. */
export function parseSpan(option: string, text: string): Span {
  const parts = text.split('..');
  if (parts.length > 2 || parts.every((part) => part === '')) throw spanError(option, text);
  const [first, last = first] = parts;
  const from = first === '' ? 0 : parseNumber(option, first, text);
  const to = last === '' ? Number.MAX_SAFE_INTEGER : parseNumber(option, last, text) + 1;
  if (from >= to) throw spanError(option, text);
  return { from, to };
}

function parseNumber(option: string, part: string, whole: string): number {
  const number = /^(0x[0-9a-f]+|[0-9]+)$/i.test(part) ? Number(part) : Number.NaN;
  if (!Number.isSafeInteger(number)) throw spanError(option, whole);
  return number;
}

function spanError(option: string, text: string): UsageError {
  return new UsageError(`${option} ${JSON.stringify(text)}: give FROM..TO, for example 0xb8000..0xb8fa0 or 1000..2000`);
}
