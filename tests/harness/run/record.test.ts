import { expect, test } from 'vitest';
import type { Driver } from '../../../harness/driver/driver.ts';
import { kernelFiles, recordRun, sectorFiles } from '../guest-run.ts';
import { bootSector, HALTING_GUEST, HELLO_GUEST } from '../project-folder.ts';

const bootAndType = async (driver: Driver): Promise<void> => {
  await driver.runUntilText('processes are ready');
  await driver.runTicks(3);
  driver.press('a');
  await driver.runTicks(2);
  driver.screenshot('typed');
  driver.checkpoint('typed');
};

test('a scenario recorded twice, by either engine, gives the same bytes', async () => {
  const first = await recordRun(kernelFiles(), bootAndType);
  const second = await recordRun(kernelFiles(), bootAndType);
  const oracle = await recordRun(kernelFiles(), bootAndType, 'oracle');
  expect(first.recording.writes).toBeGreaterThan(1000);
  expect(Buffer.compare(first.bytes, second.bytes)).toBe(0);
  expect(Buffer.compare(first.bytes, oracle.bytes)).toBe(0);
});

test('a trace carries image, symbols, inputs and the end of the run', async () => {
  const { trace } = await recordRun(kernelFiles(), bootAndType);
  const { reader } = trace;
  expect(reader.files().map(({ role, name }) => [role, name])).toEqual([
    ['image', '539kernel.img'],
    ['symbols', '539kernel.elf'],
  ]);
  const kinds = Array.from(reader.events({ kinds: ['input', 'screen', 'checkpoint', 'stop'] }), ({ kind }) => kind);
  expect(kinds).toEqual(['input', 'screen', 'checkpoint', 'checkpoint', 'stop']);
});

test('a wait that is not met closes the recording with what happened', async () => {
  const { recording, trace } = await recordRun(sectorFiles(HALTING_GUEST), (driver) => driver.runTicks(1));
  expect(recording.unmet?.waitedFor).toBe('1 timer ticks (0 came)');
  const events = [...trace.reader.events({ kinds: ['step', 'stop'] })];
  expect(events).toMatchObject([
    { kind: 'step', text: 'waited for 1 timer ticks (0 came) in vain' },
    { kind: 'stop', reason: { kind: 'halted' } },
  ]);
});

test('a wait whose limit passes ends the recording there', async () => {
  const { trace, recording } = await recordRun(sectorFiles(bootSector([0xeb, 0xfe])), (driver) =>
    driver.runUntilText('never', { limit: 100_000 }),
  );
  expect(recording.icount).toBe(100_000);
  const [stop] = trace.reader.events({ kinds: ['stop'] });
  expect(stop).toMatchObject({ reason: { kind: 'instruction-limit', limit: 100_000 } });
});

test('what a scenario throws is an error of its file', async () => {
  const run = async (): Promise<void> => {
    throw new TypeError('3 is not 4');
  };
  await expect(recordRun(sectorFiles(HELLO_GUEST), run)).rejects.toThrow('test.scenario.ts: TypeError: 3 is not 4');
});

test('a scenario that ends while it still runs the guest lacks an await', async () => {
  const run = async (driver: Driver): Promise<void> => {
    void driver.runFor(5_000_000);
  };
  const boot = sectorFiles(bootSector([0xeb, 0xfe]));
  await expect(recordRun(boot, run)).rejects.toThrow('ended while runFor is still running; is an await missing?');
});
