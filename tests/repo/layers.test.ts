import { describe, expect, test } from 'vitest';
import { type Import, importsOf, sourceFiles } from './source-files.ts';

/** Which folders of emulator/ a folder may import besides itself; types of the event vocabulary are free to all. */
const EMULATOR: Readonly<Record<string, readonly string[]>> = {
  base: [],
  time: ['base'],
  bus: ['base'],
  wasm: [],
  memory: ['base', 'wasm'],
  isa: ['base'],
  fpu: ['base'],
  cpu: ['base', 'isa', 'memory', 'bus', 'fpu'],
  engine: ['base', 'wasm', 'isa', 'memory', 'cpu'],
  devices: ['base', 'bus', 'time', 'memory'],
  boot: ['base'],
  firmware: ['base', 'bus', 'time', 'memory', 'devices'],
  machine: ['base', 'wasm', 'time', 'bus', 'memory', 'isa', 'fpu', 'cpu', 'engine', 'devices', 'boot', 'firmware'],
};

/** Packages and the only places that may import them. */
const PACKAGES: Readonly<Record<string, RegExp>> = {
  'msgpackr/pack': /^traces\/encoding\/codec\.ts$/,
  fflate: /^traces\//,
  pixelmatch: /^harness\/lenses\//,
  'fast-png': /^harness\/report\/png\.ts$/,
  yargs: /^harness\/(cli\.ts|commands\/)/,
  'yargs/helpers': /^harness\/(cli\.ts|commands\/)/,
  ora: /^harness\/commands\//,
  esbuild: /^harness\/config\//,
  vitest: /^harness\/vitest\//,
  'vitest/config': /^harness\/vitest\//,
  'fast-check': /^harness\/explore\//,
};

const emulator = sourceFiles('emulator');
const traces = sourceFiles('traces');
const harness = sourceFiles('harness');

function offending(files: typeof emulator, isAllowed: (each: Import) => boolean): readonly string[] {
  return files
    .flatMap(importsOf)
    .flatMap((each) => (isAllowed(each) ? [] : [`${each.from} imports ${each.specifier}`]));
}

const isVocabulary = (each: Import): boolean => each.isTypeOnly && each.target === 'traces/events.ts';

describe('who may import whom', () => {
  test('each folder of emulator/ imports only the folders below it', () => {
    const wrong = offending(emulator, (each) => {
      if (isVocabulary(each) || each.from === 'emulator/index.ts') return true;
      const [, from] = each.from.split('/');
      const [top, to] = each.target.split('/');
      return top === 'emulator' && (to === from || (EMULATOR[from] ?? []).includes(to));
    });
    expect(wrong).toEqual([]);
  });

  test('every folder of emulator/ has a row in the table', () => {
    const folders = new Set(
      emulator
        .map((file) => file.path.split('/'))
        .filter((parts) => parts.length > 2)
        .map((parts) => parts[1]),
    );
    expect([...folders].sort()).toEqual(Object.keys(EMULATOR).sort());
  });

  test('a device imports no other device but its own parts and the contract', () => {
    const chips = [
      'pic-8259a',
      'pit-8254',
      'keyboard-8042',
      'uart-16550a',
      'cmos-mc146818',
      'port-92',
      'debug-console-e9',
      'exit-port-f4',
      'post-port-80',
      'coprocessor-error-f0',
      'vga/vga',
      'system-control-61',
    ];
    const wrong = offending(emulator, (each) => {
      const from = /^emulator\/devices\/(.*)\.ts$/.exec(each.from)?.[1];
      const to = /^emulator\/devices\/(.*)\.ts$/.exec(each.target)?.[1];
      return from === undefined || to === undefined || !chips.includes(to) || each.isTypeOnly;
    });
    expect(wrong).toEqual([]);
  });

  test('traces/ imports nothing of the emulator, the harness or the host', () => {
    const wrong = offending(traces, (each) => each.target.startsWith('traces/') || each.target in PACKAGES);
    expect(wrong).toEqual([]);
  });

  test('harness/ uses the emulator and the traces through their index alone', () => {
    const wrong = offending(harness, (each) => {
      if (!/^(emulator|traces)\//.test(each.target)) return !/^(tests|kernel|golden)\//.test(each.target);
      return each.target === 'emulator/index.ts' || each.target === 'traces/index.ts';
    });
    expect(wrong).toEqual([]);
  });

  test('each package is imported only in its own place', () => {
    const wrong = offending([...emulator, ...traces, ...harness], (each) => {
      if (each.specifier.startsWith('.') || each.specifier.startsWith('node:')) return true;
      return PACKAGES[each.specifier]?.test(each.from) === true;
    });
    expect(wrong).toEqual([]);
  });
});

describe('the emulator and the traces run without a host', () => {
  const HOST =
    /\b(Date|performance|process|Buffer|setTimeout|setInterval|setImmediate|queueMicrotask|console)\b\s*[.(]|Math\.random|crypto\./;

  const codeOf = (text: string): string => text.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');

  test('no file reaches host time, randomness, timers, Node or the console', () => {
    const wrong = [...emulator, ...traces].flatMap(({ path, text }) => {
      const code = codeOf(text);
      return HOST.test(code) || /['"]node:/.test(code) ? [path] : [];
    });
    expect(wrong).toEqual([]);
  });

  test('no result of Math that hosts may round differently is used', () => {
    const wrong = [...emulator, ...traces].flatMap(({ path, text }) =>
      /Math\.(sin|cos|tan|exp|log|pow|sqrt|cbrt|atan|asin|acos|sinh|cosh|tanh)\w*\(/.test(codeOf(text)) ? [path] : [],
    );
    expect(wrong).toEqual([]);
  });
});
