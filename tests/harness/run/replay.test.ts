import { describe, expect, test } from 'vitest';
import type { Driver } from '../../../harness/driver/driver.ts';
import { replay } from '../../../harness/run/replay.ts';
import type { NamedTrace } from '../../../harness/run/trace/open-trace.ts';
import { memorySource, openTrace, type TraceEvent, type TraceReader } from '../../../traces/index.ts';
import { kernelFiles, recordRun, sectorFiles } from '../guest-run.ts';
import { bootSector, HALTING_GUEST, HELLO_GUEST } from '../project-folder.ts';

const boot = async (driver: Driver): Promise<void> => {
  driver.step('boot');
  await driver.runUntilText('processes are ready');
  driver.screenshot('booted');
  await driver.call('kalloc', 16);
  await driver.runTicks(3);
  driver.checkpoint('three-ticks');
  driver.press('a');
  await driver.runTicks(2);
};

describe('a trace replays from itself alone, by either engine', () => {
  test.each(['forms', 'oracle'] as const)('%s', async (engine) => {
    const { trace, recording } = await recordRun(kernelFiles(), boot);
    expect(await replay(trace, { engine })).toEqual({
      kind: 'same',
      icount: recording.icount,
      writes: recording.writes,
      events: recording.events,
    });
  });
});

describe('a run replays however it ended', () => {
  const LIMIT = { limit: 300_000 };
  test.each([
    ['the guest halted for good', HALTING_GUEST, (driver: Driver) => driver.runUntilStop()],
    [
      'a screen after the end',
      HALTING_GUEST,
      async (driver: Driver) => {
        await driver.runUntilStop();
        driver.screenshot('end');
      },
    ],
    ['a wait was not met', HALTING_GUEST, (driver: Driver) => driver.runTicks(1)],
    ['a limit passed', HELLO_GUEST, (driver: Driver) => driver.runUntilText('Ho', LIMIT)],
    ['right after an interrupt', HELLO_GUEST, (driver: Driver) => driver.runTicks(2)],
    // lidt [7C10h]: a limit of 0, then int3: nothing can be delivered in protected mode
    [
      'a triple fault',
      bootSector([0xfa, 0x0f, 0x01, 0x1e, 0x10, 0x7c, 0x0f, 0x20, 0xc0, 0x40, 0x0f, 0x22, 0xc0, 0xcc]),
      (driver: Driver) => driver.runUntilStop(),
    ],
    ['the exit port', bootSector([0xb0, 0x07, 0xe6, 0xf4]), (driver: Driver) => driver.runUntilStop()],
    ['at once', HELLO_GUEST, async () => undefined],
  ] as const)('%s', async (_name, image, run) => {
    const { trace } = await recordRun(sectorFiles(image), async (driver) => {
      await run(driver);
    });
    expect(await replay(trace, { engine: 'forms' })).toMatchObject({ kind: 'same' });
  });
});

/** The trace with one event changed on the way out of the reader. */
function altered(bytes: Uint8Array, alter: (event: TraceEvent) => TraceEvent): NamedTrace {
  const reader = openTrace(memorySource(bytes, 'test'));
  const changed: TraceReader = Object.create(reader, {
    header: { value: reader.header },
    counts: { value: reader.counts },
    file: { value: (role: 'image' | 'symbols') => reader.file(role) },
    scanWrites: { value: () => reader.scanWrites() },
    events: {
      value: function* (selection?: Parameters<TraceReader['events']>[0]) {
        for (const event of reader.events(selection)) yield alter(event);
      },
    },
  });
  return { name: 'test', reader: changed };
}

describe('the first divergence has both sides, the function, the line and the instruction', () => {
  test('a control register', async () => {
    const { bytes } = await recordRun(kernelFiles(), boot);
    const trace = altered(bytes, (event) =>
      event.kind === 'control' && event.register === 'cr3' ? { ...event, value: event.value + 4096 } : event,
    );
    const verdict = await replay(trace, { engine: 'forms' });
    if (verdict.kind !== 'diverged') throw new Error('no divergence was seen');
    const { place, instruction, expected, actual, registers } = verdict.divergence;
    expect(place).toMatch(/load_page_directory.*cpu\.asm/);
    expect(instruction).toMatch(/mov cr3/);
    expect(registers.eip).toBeGreaterThan(0x9000);
    expect(expected).toMatchObject({ kind: 'event', event: { value: registers.eax + 4096 } });
    expect(actual).toMatchObject({ kind: 'event', event: { value: registers.eax } });
  });

  test('a guest that goes on where the trace says that it ended', async () => {
    const { bytes } = await recordRun(sectorFiles(HELLO_GUEST), (driver) => driver.runFor(1000));
    const trace = altered(bytes, (event) => (event.kind === 'stop' ? { ...event, reason: { kind: 'halted' } } : event));
    const verdict = await replay(trace, { engine: 'forms' });
    expect(verdict).toMatchObject({ kind: 'diverged', divergence: { icount: 1000 } });
  });
});
