import { expect, test } from 'vitest';
import type { Driver } from '../../harness/driver/driver.ts';
import { crc32 } from '../../traces/encoding/crc32.ts';
import { memorySink, memorySource, openTrace, TraceError, writeDigestTrace } from '../../traces/index.ts';
import { RowDigest } from '../../traces/writes/write-digest.ts';
import { kernelFiles, recordRun } from '../harness/guest-run.ts';

const BOOT = async (driver: Driver): Promise<void> => {
  await driver.runUntilText('processes are ready');
  driver.checkpoint('booted');
};

function digestsOf(bytes: Uint8Array): Uint8Array {
  const sink = memorySink();
  writeDigestTrace(memorySource(bytes, 'boot'), sink);
  return sink.bytes();
}

const open = (bytes: Uint8Array) => openTrace(memorySource(bytes, 'boot'));

test('a digest trace has all but the writes, of which it knows how many there are', async () => {
  const { bytes, trace } = await recordRun(kernelFiles(), BOOT);
  const digests = open(digestsOf(bytes));
  expect(digests.hasWrites).toBe(false);
  expect(trace.reader.hasWrites).toBe(true);
  expect(digests.header).toEqual(trace.reader.header);
  expect(digests.counts).toEqual(trace.reader.counts);
  expect(digests.checkpoints()).toEqual(trace.reader.checkpoints());
  expect([...digests.events()]).toEqual([...trace.reader.events()]);
  expect(digests.file('image')).toEqual(trace.reader.file('image'));
  expect(() => [...digests.writes()]).toThrow(TraceError);
  expect(() => [...digests.scanWrites()]).toThrow(/boot, byte \d+: the trace has digests in the place of its writes/);
  digests.verify();
});

test('digests of writes are those of the rows, whoever holds them', async () => {
  const { bytes, trace } = await recordRun(kernelFiles(), BOOT);
  const digests = [...open(digestsOf(bytes)).writeDigests()];
  expect(digests).toEqual([...trace.reader.writeDigests()]);
  expect(digests.reduce((sum, { count }) => sum + count, 0)).toBe(trace.reader.counts.writes);
});

test('a row of a digest has 26 bytes, lowest first', () => {
  const columns = {
    count: 1,
    icount: new Float64Array([0x0004_0000_0003]),
    eip: new Uint32Array([0x1122_3344]),
    linear: new Uint32Array([5]),
    physical: new Uint32Array([6]),
    value: new Uint32Array([7]),
    size: new Uint8Array([2]),
    origin: new Uint8Array([1]),
  };
  const row = [
    ...[3, 0, 0, 0, 4, 0, 0, 0],
    ...[0x44, 0x33, 0x22, 0x11],
    ...[5, 0, 0, 0],
    ...[6, 0, 0, 0],
    ...[7, 0, 0, 0],
    2,
    1,
  ];
  const digest = new RowDigest();
  digest.add(columns, 0, 1);
  expect(digest.take()).toEqual({ first: 0, count: 1, crc: crc32(new Uint8Array(row)) });
});

test('it begins with version 4, as a trace with its writes does', async () => {
  const { bytes } = await recordRun(kernelFiles(), BOOT);
  expect([bytes[12], digestsOf(bytes)[12]]).toEqual([4, 4]);
});

test('the digest trace of a digest trace is the same, of other writes another', async () => {
  const { bytes } = await recordRun(kernelFiles(), BOOT);
  const digests = digestsOf(bytes);
  expect(digestsOf(digests)).toEqual(digests);
  const { bytes: other } = await recordRun(kernelFiles(), async (driver) => {
    driver.writeMemory(0x5000, new Uint8Array([1]));
    await BOOT(driver);
  });
  expect(digestsOf(other)).not.toEqual(digests);
});

test('a truncated trace and a damaged one have no digest trace', async () => {
  const { bytes } = await recordRun(kernelFiles(), BOOT);
  expect(() => digestsOf(bytes.slice(0, -20))).toThrow(/is cut off/);
  const middle = bytes.length >> 1;
  expect(() => digestsOf(bytes.with(middle, bytes[middle] ^ 1))).toThrow(TraceError);
});

test('a digest trace that is damaged anywhere is refused', async () => {
  const { bytes } = await recordRun(kernelFiles(), BOOT);
  const digests = digestsOf(bytes);
  for (let at = 13; at < digests.length; at += 997) {
    expect(() => open(digests.with(at, digests[at] ^ 0x20)).verify()).toThrow(TraceError);
  }
});
