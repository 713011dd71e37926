import { describe, expect, test } from 'vitest';
import type { Driver } from '../../../harness/driver/driver.ts';
import { replay } from '../../../harness/run/replay.ts';
import { burrowFiles, driverFor, kernelFiles, recordRun } from '../guest-run.ts';

async function booted(): Promise<Driver> {
  const { driver } = driverFor(kernelFiles());
  await driver.runUntilText('processes are ready');
  return driver;
}

const eax = (outcome: Awaited<ReturnType<Driver['call']>>): number => {
  if (outcome.kind !== 'returned') throw new Error('the call did not return');
  return outcome.eax;
};

describe('a fork', () => {
  test('goes on from here, and everything is as before afterwards', async () => {
    const driver = await booted();
    const before = [driver.icount, driver.registers, driver.read('heap_base'), driver.screenText()];
    const results: number[] = [];
    for (const size of [16, 32]) {
      const after = await driver.fork(async (fork) => {
        await fork.call('kalloc', size);
        await fork.runTicks(4);
        return eax(await fork.call('kalloc', 1));
      });
      results.push(after);
    }
    expect(results[1] - results[0]).toBe(16);
    expect([driver.icount, driver.registers, driver.read('heap_base'), driver.screenText()]).toEqual(before);
  });

  test('may be forked itself', async () => {
    const driver = await booted();
    const start = driver.read('heap_base');
    await driver.fork(async (outer) => {
      await outer.call('kalloc', 100);
      await outer.fork(async (inner) => void (await inner.call('kalloc', 1000)));
      expect(outer.read('heap_base')).toBe(start + 100);
    });
    expect(driver.read('heap_base')).toBe(start);
  });

  test('leaves no mark on the recording', async () => {
    const run = (variants: number) =>
      recordRun(kernelFiles(), async (driver) => {
        await driver.runUntilText('processes are ready');
        for (let i = 0; i < variants; i++) {
          await driver.fork(async (fork) => {
            fork.press('x');
            await fork.runTicks(3);
            fork.checkpoint('in-fork');
          });
        }
        await driver.runTicks(3);
      });
    const [without, withForks] = [await run(0), await run(3)];
    expect(Buffer.compare(without.bytes, withForks.bytes)).toBe(0);
  });

  test('a recording with calls, raised IRQs and forks replays', async () => {
    const { trace } = await recordRun(kernelFiles(), async (driver) => {
      await driver.runUntilText('processes are ready');
      driver.raiseIrq(5);
      await driver.fork((fork) => fork.runTicks(2));
      await driver.call('enable_interrupts');
      await driver.runTicks(2);
      driver.write('process_count', 2);
    });
    expect(await replay(trace, { engine: 'oracle' })).toMatchObject({ kind: 'same' });
  });

  test('a wait that is not met throws there and does not end the scenario', async () => {
    const driver = await booted();
    await expect(driver.fork((fork) => fork.runUntilText('never', { limit: 1000 }))).rejects.toThrow(
      'in a fork: waited for the text "never"',
    );
    expect(driver.read('process_count')).toBe(4);
    await driver.runTicks(1);
  });

  test('the outer driver is not for use inside, nor the inner one outside', async () => {
    const driver = await booted();
    let leaked: Driver | undefined;
    await driver.fork(async (fork) => {
      leaked = fork;
      expect(() => driver.press('a')).toThrow('the driver was used inside its fork');
      await expect(driver.runTicks(1)).rejects.toThrow('while fork is still running');
    });
    expect(() => leaked?.press('a')).toThrow('a fork is over');
  });

  test('an await that is missing inside is found', async () => {
    const driver = await booted();
    let dangling: Promise<void> | undefined;
    const fork = driver.fork(async (inner) => {
      dangling = inner.runFor(5_000_000);
      dangling.catch(() => undefined);
    });
    await expect(fork).rejects.toThrow('a fork ended while runFor is still running; is an await missing?');
    await expect(dangling).rejects.toThrow('a fork is over');
  });
});

describe('guest calls', () => {
  test('no interrupt is taken in a call, even when the function lets them in', async () => {
    const driver = await booted();
    driver.raiseIrq(1);
    const before = driver.interruptCount(1);
    await driver.call('enable_interrupts');
    expect(driver.interruptCount(1)).toBe(before);
    await driver.runFor(1000);
    expect(driver.interruptCount(1)).toBe(before + 1);
  });

  test('a guest that was halted is halted after a call', async () => {
    const { driver, machine } = driverFor(burrowFiles(), []);
    await driver.runUntilIdle();
    const before = [driver.registers, driver.place];
    expect(await driver.call('bmalloc', 16)).toMatchObject({ kind: 'returned' });
    expect([driver.registers, driver.place]).toEqual(before);
    expect(machine.run({ until: driver.icount + 100, stopWhenIdle: true })).toEqual({ kind: 'idle' });
    await driver.runTicks(1);
  });

  test('interrupts are taken in a call that asks for them', async () => {
    const driver = await booted();
    await driver.fork(async (fork) => {
      fork.raiseIrq(1);
      expect(await fork.callWith({ interrupts: 'taken' }, 'kalloc', 4)).toMatchObject({ kind: 'returned' });
      expect(fork.interruptCount(1)).toBe(1);
    });
  });

  test('regparm3 passes three arguments in registers and the rest on the stack', async () => {
    const driver = await booted();
    const seen = await driver.fork(async (fork) => {
      const done = fork.callWith({ convention: 'regparm3', limit: 0 }, 'peek', 1, 2, 3, 4);
      await expect(done).rejects.toThrow('waited for the return of peek');
      const { eax: first, edx, ecx, esp } = fork.registers;
      return [first, edx, ecx, fork.read(esp + 4)];
    });
    expect(seen).toEqual([1, 2, 3, 4]);
  });

  test('16-bit code can call nothing', async () => {
    const { driver } = driverFor(kernelFiles());
    await expect(driver.call('kalloc', 1)).rejects.toThrow('the guest runs 16-bit code here');
  });
});

describe('what the driver sees', () => {
  test('exceptions come with function and line', async () => {
    const driver = await booted();
    await driver.call('peek', 0xc00000);
    expect(driver.exceptions()).toMatchObject([{ vector: 14, faultLinear: 0xc00000 }]);
    expect(driver.exceptions()[0].place).toMatch(/^peek/);
  });

  test('setRegisters takes what changes no mode', async () => {
    const driver = await booted();
    driver.setRegisters({ ebx: -1 });
    expect(driver.registers.ebx).toBe(0xffffffff);
    expect(() => driver.setRegisters({ eax: 1, ...{ cr0: 0 } })).toThrow(
      "setRegisters: cr0 can't be set; there is eax, ecx",
    );
  });

  test('an IRQ line that no device may raise is refused', async () => {
    const driver = await booted();
    expect(() => driver.raiseIrq(2)).toThrow('raiseIrq(2)');
    expect(() => driver.raiseIrq(16)).toThrow('there is IRQ 0 to 15');
  });
});
