import { existsSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openTraceFile } from '../../../harness/run/trace/open-trace.ts';
import { memorySink, memorySource, TraceWriter, writeDigestTrace } from '../../../traces/index.ts';
import { gilt } from '../host-stub.ts';
import { bootSector, makeProject, scenarioText } from '../project-folder.ts';

// A linear congruential generator writes what no compression shortens much:
// imul eax, eax, 1103515245; inc eax; stosd; dec cx; jnz; then mov word es:[0], 'H'...; hlt
const noise = (letter: string): Uint8Array => {
  const fill = [0x66, 0x69, 0xc0, 0x6d, 0x4e, 0xc6, 0x41, 0x66, 0x40, 0x66, 0xab, 0x49, 0x75, 0xf2];
  const print = [0xb8, 0x00, 0xb8, 0x8e, 0xc0, 0x26, 0xc7, 0x06, 0, 0, letter.charCodeAt(0), 7];
  // mov ax, 2000h; mov es, ax; xor di, di; mov cx, 1000h
  return bootSector([0xb8, 0x00, 0x20, 0x8e, 0xc0, 0x31, 0xff, 0xb9, 0x00, 0x10, ...fill, ...print, 0xfa, 0xf4]);
};

const CAP_BYTES = 8192;
const project = (capBytes: number): string =>
  makeProject({
    'guest.img': noise('H'),
    'gilt.config.ts': `export default { image: 'guest.img', goldenCapBytes: ${capBytes} };`,
    'scenarios/hello.scenario.ts': scenarioText(`
      await driver.runUntilStop();
      driver.screenshot('hello');
      driver.checkpoint('hello');
    `),
  });
const TRACE = 'golden/hello/trace.msgpack';

test('writes above the cap are stored as digests, and a run that is the same needs no more', async () => {
  const folder = project(CAP_BYTES);
  const { code, out } = await gilt(folder, ['bless']);
  expect({ code, out }).toEqual({
    code: 0,
    out: expect.stringMatching(/^blessed hello: .* KiB, with digests for its writes\n/),
  });
  expect(statSync(join(folder, TRACE)).size).toBeLessThan(CAP_BYTES);
  const { reader } = openTraceFile(join(folder, TRACE));
  expect(reader.hasWrites).toBe(false);
  expect(() => [...reader.writes()]).toThrow(
    /trace\.msgpack, byte \d+: the trace has digests in the place of its writes/,
  );
  expect((await gilt(folder, ['gate'])).out).toBe('same hello\n1 of 1 scenarios same\n');
  expect(existsSync(join(folder, '.gilt/report/hello/golden.msgpack'))).toBe(false);
});

test('a divergence makes the writes again, and is told as it would be with them', async () => {
  const outs: string[] = [];
  for (const capBytes of [CAP_BYTES, 1_000_000]) {
    const folder = project(capBytes);
    await gilt(folder, ['bless']);
    writeFileSync(join(folder, 'guest.img'), noise('J'));
    const { code, out } = await gilt(folder, ['gate']);
    expect(code).toBe(1);
    expect((await gilt(folder, ['diff', TRACE, '.gilt/report/hello/actual.msgpack'])).out).toMatch(
      /^differs: \d cause/,
    );
    const { out: writes } = await gilt(folder, ['dump', TRACE, '--range', '0x20000..0x20010']);
    expect(writes).toContain(' write 0x00020004 = ');
    outs.push(out + writes);
  }
  expect(outs[0]).toBe(outs[1]);
});

test('a golden that is above the cap without its writes, too, is refused with what takes the room', async () => {
  const folder = project(500);
  const { code, err } = await gilt(folder, ['bless']);
  expect(code).toBe(2);
  expect(err).toMatch(
    /hello: the golden would take .*, above the cap of 500 bytes.* carries guest\.img \(512 bytes.* raise goldenCapBytes/,
  );
  expect(existsSync(join(folder, 'golden'))).toBe(false);
});

/** The digest trace of a recording with one value changed, as another emulator might have recorded it. */
function otherDigests(path: string): Uint8Array {
  const { reader } = openTraceFile(path);
  const { scenario, spec, generator } = reader.header;
  const files = reader.files().map((file) => ({ ...file, bytes: reader.file(file.role) ?? new Uint8Array() }));
  const recorded = memorySink();
  const writer = new TraceWriter(recorded, { scenario, spec, generator }, files);
  for (const columns of reader.scanWrites()) {
    columns.value[0] ^= 1;
    writer.writes(columns);
  }
  for (const event of reader.events()) if (event.writes >= writer.writeCount) writer.event(event);
  writer.close();
  const digests = memorySink();
  writeDigestTrace(memorySource(recorded.bytes(), path), digests);
  return digests.bytes();
}

test('writes that come out otherwise than their digests are an error, not a comparison', async () => {
  const folder = project(1_000_000);
  await gilt(folder, ['bless']);
  writeFileSync(join(folder, TRACE), otherDigests(join(folder, TRACE)));
  writeFileSync(join(folder, 'guest.img'), noise('J'));
  const { code, out } = await gilt(folder, ['gate']);
  expect({ code, out }).toEqual({
    code: 2,
    out: expect.stringMatching(
      /error hello: .*trace\.msgpack: holds digests of its writes, and this gilt does not make/,
    ),
  });
});
