import * as fs from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type FileOperations, OutputFile, writeFileWhole } from '../../../../harness/run/files/output-file.ts';
import { makeFolder, snapshotOf } from '../../project-folder.ts';

const BYTES = Uint8Array.of(1, 2, 3);

function failing(operation: keyof FileOperations, code: string): FileOperations {
  const { mkdirSync, openSync, writeSync, closeSync, renameSync, rmSync } = fs;
  const fail = (): never => {
    throw Object.assign(new Error(code), { code, syscall: operation });
  };
  return { mkdirSync, openSync, writeSync, closeSync, renameSync, rmSync, [operation]: fail };
}

test('a file has its name only after commit, in a folder that is made for it', () => {
  const folder = makeFolder();
  const path = join(folder, 'new/trace.msgpack');
  const file = new OutputFile(path);
  file.write(BYTES);
  expect(fs.existsSync(path)).toBe(false);
  file.commit();
  expect(new Uint8Array(fs.readFileSync(path))).toEqual(BYTES);
  expect(snapshotOf(folder).size).toBe(1);
});

test('a discarded file leaves the old one and nothing beside it', () => {
  const folder = makeFolder({ 'trace.msgpack': 'old' });
  const before = snapshotOf(folder);
  const file = new OutputFile(join(folder, 'trace.msgpack'));
  file.write(BYTES);
  file.discard();
  file.discard();
  expect(snapshotOf(folder)).toEqual(before);
});

describe('an error names the path, keeps the old file and leaves nothing beside it', () => {
  test.each([
    ['writeSync', 'ENOSPC', 'no space left on the device'],
    ['openSync', 'EACCES', 'permission denied'],
    ['openSync', 'EROFS', 'the file system is read-only'],
    ['renameSync', 'EPERM', 'not permitted'],
    ['mkdirSync', 'EROFS', 'the file system is read-only'],
  ] as const)('%s fails with %s', (operation, code, message) => {
    const folder = makeFolder({ 'trace.msgpack': 'old' });
    const before = snapshotOf(folder);
    const path = join(folder, 'trace.msgpack');
    expect(() => {
      const file = new OutputFile(path, failing(operation, code));
      file.write(BYTES);
      file.commit();
    }).toThrow(`${path}: ${message}`);
    expect(snapshotOf(folder)).toEqual(before);
  });
});

test('a folder that is really a file is an error that says so', () => {
  const folder = makeFolder({ file: 'x' });
  expect(() => writeFileWhole(join(folder, 'file/trace.msgpack'), BYTES)).toThrow(
    /trace\.msgpack: (a part of this path is a file, not a folder|a file is where a folder should be)/,
  );
});
