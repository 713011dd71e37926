import { describe, expect, test } from 'vitest';
import type { Driver } from '../../../harness/driver/driver.ts';
import { renderInterruptReport } from '../../../harness/explore/interrupt/interrupt-text.ts';
import { sweepInterrupt } from '../../../harness/explore/interrupt/sweep-interrupt.ts';
import { builtFiles, driverFor, sectorFiles } from '../guest-run.ts';
import { bootSector } from '../project-folder.ts';

async function at(symbol: string, path: string): Promise<Driver> {
  const { driver } = driverFor(builtFiles(path), []);
  await driver.runUntilCall(symbol);
  return driver;
}

describe('539kernel and an early tick', () => {
  test('interrupts before there are processes divide by zero, wherever the tick comes', async () => {
    const driver = await at('kernel_main', 'kernel/regressions/built/flaw-early-tick');
    const report = await sweepInterrupt({ driver });
    expect(report.groups).toMatchObject([
      {
        kind: 'broken',
        boundaries: report.boundaries,
        outcome: {
          ending: 'the guest halted with interrupts off',
          exceptions: [{ vector: 0, function: 'next_process' }],
        },
      },
    ]);
    expect(renderInterruptReport(report)).toContain('exception #DE divide error (vector 0) in next_process');
  });

  test('the mended kernel takes it as its first tick', async () => {
    const driver = await at('process_create', 'kernel/build/539kernel');
    const report = await sweepInterrupt({ driver, most: 200 });
    expect(report.groups.map(({ kind, taken, boundaries }) => [kind, taken === boundaries])).toEqual([['other', true]]);
    expect(report.runs).toBe(200);
    expect(report.sites).toBeGreaterThan(200);
  });
});

// cli; nop; nop; sti; four nops; cli; hlt. The BIOS left interrupts on.
const NOPS = [0xfa, 0x90, 0x90, 0xfb, 0x90, 0x90, 0x90, 0x90, 0xfa, 0xf4];

describe('a sweep', () => {
  test('tries each boundary with interrupts on by itself, and a stretch with them off once', async () => {
    const { driver } = driverFor(sectorFiles(bootSector(NOPS)), []);
    const report = await sweepInterrupt({ driver, until: (guest) => guest.runFor(7), settle: stop });
    const sites = report.groups.flatMap((group) => group.sites).sort((a, b) => a.icount - b.icount);
    expect(sites.map(({ icount, kind, boundaries }) => [icount, kind, boundaries])).toEqual([
      [0, 'open', 1],
      [1, 'held', 3],
      ...[4, 5, 6].map((icount) => [icount, 'open', 1]),
    ]);
    expect(report).toMatchObject({ boundaries: 7, runs: 5, sites: 5 });
    expect(report.groups.map(({ kind, taken }) => [kind, taken])).toEqual([['same', 7]]);
  });

  test('an IRQ that the controller masks is never taken', async () => {
    // mov al, ffh; out 21h, al
    const { driver } = driverFor(sectorFiles(bootSector([0xb0, 0xff, 0xe6, 0x21, ...NOPS])), []);
    await driver.runFor(2);
    const report = await sweepInterrupt({ driver, until: (guest) => guest.runFor(5) });
    expect(report.groups).toMatchObject([{ kind: 'broken', taken: 0 }]); // the guest ends all the same
    expect(renderInterruptReport(report)).toContain('the run without the IRQ ends like this, too');
  });

  test('chooses the same runs for the same seed', async () => {
    const { driver } = driverFor(sectorFiles(bootSector(NOPS)), []);
    const sweep = { driver, until: (guest: Driver) => guest.runFor(8), settle: stop, most: 4 };
    const icounts = async (seed: number): Promise<readonly number[]> =>
      (await sweepInterrupt({ ...sweep, seed })).groups.flatMap(({ sites }) => sites.map(({ icount }) => icount));
    expect(await icounts(1)).toEqual(await icounts(1));
    expect(await icounts(1)).toHaveLength(4);
    expect(driver.icount).toBe(0);
  });

  test('refuses a window that is too long to go through', async () => {
    const { driver } = driverFor(sectorFiles(bootSector([0xeb, 0xfe])), []);
    const sweep = sweepInterrupt({ driver, until: (guest) => guest.runFor(6_000_000) });
    await expect(sweep).rejects.toThrow('the window: it has 6000000 instructions, and at most 5000000 are swept');
  });
});

function stop(driver: Driver): Promise<unknown> {
  return driver.runUntilStop();
}
