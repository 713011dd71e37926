import { OperatingError } from '../../emulator/index.ts';
import type { Driver } from '../driver/driver.ts';
import { WAIT_EXAMPLES, WAIT_FORMS } from './wait-forms.ts';

/** A wait that was given as text: what it does, and how a scenario file writes it. */
export interface WaitSpec {
  readonly run: (driver: Driver) => Promise<unknown>;
  readonly code: string; // a call of the driver, without `await`
}

type Parse = (rest: string) => WaitSpec | undefined;

const COMPARISONS: { readonly [operator: string]: (left: number, right: number) => boolean } = {
  '==': (left, right) => left === right,
  '!=': (left, right) => left !== right,
  '>=': (left, right) => left >= right,
  '<=': (left, right) => left <= right,
  '>': (left, right) => left > right,
  '<': (left, right) => left < right,
};

/** How each wait is read, by the word before the colon. */
const PARSERS: { readonly [Word in keyof typeof WAIT_EXAMPLES]: Parse } = {
  text: (text) => waitFor('runUntilText', text),
  serial: (text) => waitFor('runUntilSerial', text),
  call: (symbol) => waitFor('runUntilCall', symbol),
  return: (symbol) => waitFor('runUntilReturn', symbol),
  port: parsePort,
  value: parseValue,
  icount: (text) => waitForCount('runUntilIcount', text),
  for: (text) => waitForCount('runFor', text),
  ticks: (text) => waitForCount('runTicks', text),
  idle: () => waitForEvent('runUntilIdle'),
  exit: () => waitForEvent('runUntilExit'),
  stop: () => waitForEvent('runUntilStop'),
};

/** Reads a wait such as `text:ready>` or `idle`. Errors: OperatingError naming the option and the forms there are. */
export function parseWait(option: string, text: string): WaitSpec {
  const colon = text.indexOf(':');
  const word = colon < 0 ? text : text.slice(0, colon);
  const rest = colon < 0 ? '' : text.slice(colon + 1);
  const [, example] = Object.entries<string>(WAIT_EXAMPLES).find(([each]) => each === word) ?? [];
  const [, parse] = Object.entries(PARSERS).find(([each]) => each === word) ?? [];
  const spec = example?.includes(':') === (rest !== '') ? parse?.(rest) : undefined;
  if (spec !== undefined) return spec;
  throw new OperatingError(option, `${JSON.stringify(text)} is nothing to wait for; give one of ${WAIT_FORMS}`);
}

function waitFor(
  method: 'runUntilText' | 'runUntilSerial' | 'runUntilCall' | 'runUntilReturn',
  what: string,
): WaitSpec {
  return { run: (driver) => driver[method](what), code: `driver.${method}(${literal(what)})` };
}

function waitForCount(method: 'runUntilIcount' | 'runFor' | 'runTicks', text: string): WaitSpec | undefined {
  const count = numberIn(text);
  if (count === undefined || count < 0) return undefined;
  return { run: (driver) => driver[method](count), code: `driver.${method}(${count})` };
}

function waitForEvent(method: 'runUntilIdle' | 'runUntilExit' | 'runUntilStop'): WaitSpec {
  return { run: (driver) => driver[method](), code: `driver.${method}()` };
}

function parsePort(text: string): WaitSpec | undefined {
  const [port, value, ...more] = text.split('=').map(numberIn);
  if (port === undefined || more.length > 0) return undefined;
  if (!text.includes('=')) {
    return { run: (driver) => driver.runUntilPortWrite(port), code: `driver.runUntilPortWrite(${port})` };
  }
  if (value === undefined) return undefined;
  const options = { value };
  return {
    run: (driver) => driver.runUntilPortWrite(port, options),
    code: `driver.runUntilPortWrite(${port}, { value: ${value} })`,
  };
}

function parseValue(text: string): WaitSpec | undefined {
  const [, place = '', operator = '', right = ''] = /^(.+?)\s*(==|!=|>=|<=|>|<)\s*(-?\w+)$/.exec(text) ?? [];
  const number = numberIn(right);
  const holds = COMPARISONS[operator];
  if (place === '' || holds === undefined || number === undefined) return undefined;
  const jsOperator = operator.replace(/^([=!])=$/, '$1==');
  return {
    run: (driver) => driver.runUntil(() => holds(driver.read(place), number)),
    code: `driver.runUntil(() => driver.read(${literal(place)}) ${jsOperator} ${number})`,
  };
}

function numberIn(text: string): number | undefined {
  const number = /^(-?\d+|0x[0-9a-f]+)$/i.test(text.trim()) ? Number(text) : Number.NaN;
  return Number.isSafeInteger(number) ? number : undefined;
}

/** A string as TypeScript code, in single quotes. */
export function literal(text: string): string {
  return `'${JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;
}
