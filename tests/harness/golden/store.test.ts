import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { GoldenStore } from '../../../harness/golden/store.ts';

let folder: string;
let golden: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gilt-golden-'));
  golden = join(folder, 'golden');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function content(text: string, screens: readonly string[] = ['end']) {
  const traceFile = join(folder, `${text}.msgpack`);
  writeFileSync(traceFile, `trace ${text}`);
  const pictures = new Map(screens.map((screen) => [screen, new TextEncoder().encode(`picture ${text}`)]));
  return { trace: traceFile, pictures, summary: `summary ${text}\n` };
}

function read(file: string): string {
  return readFileSync(join(golden, 'boot', file), 'utf8');
}

test('a golden is a trace, a picture per screen and a summary', () => {
  const store = new GoldenStore(golden, false);
  expect(store.has('boot')).toBe(false);
  store.replace('boot', content('one'));
  expect(readdirSync(join(golden, 'boot')).sort()).toEqual(['end.png', 'summary.txt', 'trace.msgpack']);
  expect(store.has('boot')).toBe(true);
  expect(store.scenarios()).toEqual(['boot']);
  expect(store.traceFile('boot')).toBe(join(golden, 'boot', 'trace.msgpack'));
});

test('blessing again replaces all of it and leaves nothing else behind', () => {
  const store = new GoldenStore(golden, false);
  store.replace('boot', content('one', ['end', 'middle']));
  store.replace('boot', content('two'));
  expect(readdirSync(join(golden, 'boot')).sort()).toEqual(['end.png', 'summary.txt', 'trace.msgpack']);
  expect(read('summary.txt')).toBe('summary two\n');
  expect(readdirSync(golden)).toEqual(['boot']);
});

test('with CI set nothing is written', () => {
  const store = new GoldenStore(golden, true);
  expect(() => store.replace('boot', content('one'))).toThrow(/not written with CI set/);
  expect(existsSync(golden)).toBe(false);
});

test('an error while writing leaves the old golden as it was', () => {
  const store = new GoldenStore(golden, false);
  store.replace('boot', content('one'));
  const missing = { ...content('two'), trace: join(folder, 'nowhere.msgpack') };
  expect(() => store.replace('boot', missing)).toThrow(/golden\/boot: no such file or folder/);
  const badScreen = content('three', ['../escape']);
  expect(() => store.replace('boot', badScreen)).toThrow(/isn't a usable name/);
  expect(read('trace.msgpack')).toBe('trace one');
  expect(readdirSync(golden)).toEqual(['boot']);
});

test.skipIf(process.getuid?.() === 0)('a read-only folder is named in the error (skipped for root)', () => {
  const store = new GoldenStore(golden, false);
  store.replace('boot', content('one'));
  chmodSync(golden, 0o500);
  expect(() => store.replace('boot', content('two'))).toThrow(/permission denied/);
  chmodSync(golden, 0o700);
  expect(read('trace.msgpack')).toBe('trace one');
});

test('a blessing that was interrupted between its two renames loses nothing', () => {
  const store = new GoldenStore(golden, false);
  store.replace('boot', content('one'));
  renameSync(join(golden, 'boot'), join(golden, '.outgoing-boot'));
  expect(store.has('boot')).toBe(true);
  expect(readFileSync(store.traceFile('boot'), 'utf8')).toBe('trace one');
  store.replace('boot', content('two'));
  expect(read('trace.msgpack')).toBe('trace two');
  expect(readdirSync(golden)).toEqual(['boot']);
});

test('what an interrupted blessing left is no part of the next one', () => {
  const store = new GoldenStore(golden, false);
  mkdirSync(join(golden, '.incoming-boot'), { recursive: true });
  writeFileSync(join(golden, '.incoming-boot', 'old.png'), '');
  store.replace('boot', content('one'));
  expect(readdirSync(join(golden, 'boot'))).not.toContain('old.png');
});

test('files that nobody knows are told of', () => {
  const store = new GoldenStore(golden, false);
  store.replace('boot', content('one'));
  writeFileSync(join(golden, 'boot', 'notes.md'), '');
  expect(store.unknownFiles('boot', ['end'])).toEqual(['notes.md']);
  expect(store.unknownFiles('boot', [])).toEqual(['end.png', 'notes.md']);
});

test.each(['', '..', '../boot', 'a/b', 'Boot', 'boot.old', '-boot', 'boot\n', 'a'.repeat(101)])(
  '%j is no name for a scenario',
  (name) => {
    const store = new GoldenStore(golden, false);
    expect(() => store.replace(name, content('one'))).toThrow(/isn't a usable name/);
    expect(() => store.traceFile(name)).toThrow(/isn't a usable name/);
  },
);
