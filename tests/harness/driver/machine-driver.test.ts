import { describe, expect, test } from 'vitest';
import { UnmetWaitError } from '../../../harness/scenario/unmet-wait.ts';
import { noSymbols } from '../../../harness/symbols/index.ts';
import { driverFor, kernelFiles, sectorFiles } from '../guest-run.ts';
import { bootSector, HALTING_GUEST, HELLO_GUEST } from '../project-folder.ts';

const hello = () => driverFor(sectorFiles(HELLO_GUEST));
const kernel = () => driverFor(kernelFiles());

describe('runs', () => {
  test('runFor lands exactly', async () => {
    const { driver } = driverFor(sectorFiles(bootSector([0xeb, 0xfe])));
    const start = driver.icount;
    await driver.runFor(12_345);
    expect(driver.icount - start).toBe(12_345);
  });

  test('runUntilText stops when the text is there', async () => {
    const { driver } = hello();
    await driver.runUntilText('Hi');
    expect(driver.screenText()[0]).toMatch(/^Hi/);
  });

  test('runUntilText finds a text that ends in blanks, as a prompt does', async () => {
    const { driver } = driverFor(sectorFiles(HELLO_GUEST), []);
    await driver.runUntilText('Hi ');
    expect(driver.screenText()[0]).toBe('Hi');
  });

  test('runUntilText goes on to where the guest is idle, however long its work takes', async () => {
    for (const count of [1, 30_000]) {
      // mov ax, 0E48h; int 10h prints H; mov cx, count; loop $; mov bx, 7; hlt; jmp to the HLT
      const work = [0xb9, count & 0xff, count >> 8, 0xe2, 0xfe, 0xbb, 0x07, 0x00];
      const code = [0xb8, 0x48, 0x0e, 0xcd, 0x10, ...work, 0xf4, 0xeb, 0xfd];
      const { driver } = driverFor(sectorFiles(bootSector(code)));
      await driver.runUntilText('H');
      expect(driver.registers).toMatchObject({ ebx: 7, ecx: 0, eip: 0x7c00 + code.length - 2 });
    }
  });

  test('runTicks counts deliveries of IRQ 0', async () => {
    const { driver } = hello();
    await driver.runTicks(3);
    const ticks = driver.readMemory(0x46c, 4); // the BIOS counts them at 0040:006C
    const { driver: later } = hello();
    await later.runTicks(5);
    expect(later.readMemory(0x46c, 4)[0] - ticks[0]).toBe(2);
  });

  test('runUntilCall stops before the first instruction of the function, the next time too', async () => {
    const { driver } = kernel();
    await driver.runUntilCall('kalloc');
    const first = { eip: driver.registers.eip, icount: driver.icount };
    await driver.runUntilCall('kalloc');
    expect(driver.registers.eip).toBe(first.eip);
    expect(driver.icount).toBeGreaterThan(first.icount);
  });

  test('a call is seen also where a slice of the run ends right before it', async () => {
    // cli; mov cx, FFFFh; loop $ (65536 instructions, 15 times); the last count fills up to a million; there jmp $
    const loop = (count: number) => [0xb9, count & 0xff, count >> 8, 0xe2, 0xfe];
    const code = [0xfa, ...Array.from({ length: 15 }, () => loop(0xffff)).flat(), ...loop(16_958), 0xeb, 0xfe];
    const target = { name: 'target', start: 0x7c00 + 81, sizeBytes: 2, kind: 'function', isOpenEnded: false } as const;
    const symbols = { ...noSymbols, lookup: () => target };
    const { driver } = driverFor({ ...sectorFiles(bootSector(code)), symbols, symbolsName: 'test.elf' }, []);
    await driver.runUntilCall('target');
    expect(driver.icount).toBe(1_000_000);
  });

  test('runUntilStop says why the guest ended', async () => {
    const { driver } = driverFor(sectorFiles(HALTING_GUEST));
    expect(await driver.runUntilStop()).toEqual({ kind: 'halted' });
    expect(await driver.runUntilStop(), 'asked again').toEqual({ kind: 'halted' });
  });
});

describe('a wait that is not met says what was waited for and where the guest was', () => {
  test('when its limit passes', async () => {
    const { driver } = hello();
    await expect(driver.runUntilText('Ho', { limit: 50_000 })).rejects.toThrow(
      'waited for the text "Ho" on the screen',
    );
    expect(driver.unmet).toMatchObject({ ending: { kind: 'instruction-limit' }, icount: 50_000 });
    expect(driver.unmet?.screen[0]).toMatch(/^Hi/);
  });

  test('when the guest ended', async () => {
    const { driver } = driverFor(sectorFiles(HALTING_GUEST));
    await expect(driver.runTicks(1)).rejects.toThrow(UnmetWaitError);
    expect(driver.unmet?.ending).toEqual({ kind: 'halted' });
  });

  test('and every later operation fails the same way, even when a scenario catches the first', async () => {
    const { driver } = driverFor(sectorFiles(HALTING_GUEST));
    await expect(driver.runFor(1_000_000)).rejects.toThrow('1000000 more instructions');
    await expect(driver.runFor(1)).rejects.toThrow('1000000 more instructions');
    expect(() => driver.press('a')).toThrow('1000000 more instructions');
  });

  test('when interrupts are off, a tick is given up after four periods of the slowest timer and four busy limits', async () => {
    const { driver, machine } = driverFor(sectorFiles(bootSector([0xfa, 0xeb, 0xfe])));
    await expect(driver.runTicks(2)).rejects.toThrow('2 timer ticks (0 came)');
    const { instructionsPerPitClock, busyLimit } = machine.spec;
    expect(driver.icount).toBe(4 * (65536 * instructionsPerPitClock + busyLimit));
  });
});

describe('guest calls', () => {
  test('a call returns eax and leaves registers and the interrupted code as they were', async () => {
    const { driver } = kernel();
    await driver.runUntilText('processes are ready');
    const before = driver.registers;
    const first = await driver.call('kalloc', 16);
    const second = await driver.call('kalloc', 1);
    expect(driver.registers).toEqual(before);
    if (first.kind !== 'returned' || second.kind !== 'returned') throw new Error('kalloc did not return');
    expect(second.eax - first.eax).toBe(16);
    await driver.runTicks(4);
  });

  test('arguments arrive in order', async () => {
    const { driver } = kernel();
    await driver.runUntilText('processes are ready');
    const outcome = await driver.call('peek', 0x7dfe);
    expect(outcome).toMatchObject({ kind: 'returned' });
    expect(outcome.kind === 'returned' && outcome.eax & 0xffff).toBe(0xaa55);
  });

  test('a call that ends the guest says why', async () => {
    const { driver } = kernel();
    await driver.runUntilText('processes are ready');
    expect(await driver.call('peek', 0xc00000)).toEqual({ kind: 'ended', reason: { kind: 'halted' } });
    expect(driver.screenText().join('\n')).toContain('Interrupt Received 14');
  });

  test('a function that is not there is answered with the nearest name', () => {
    const { driver } = kernel();
    expect(() => driver.call('kaloc', 1)).toThrow('no function "kaloc"; did you mean kalloc?');
    expect(() => driver.call('heap_base')).toThrow('no function "heap_base"');
  });
});

describe('memory', () => {
  test('memory is read and written by symbol and by linear address', async () => {
    const { driver } = kernel();
    await driver.runUntilText('processes are ready');
    driver.writeMemory('process_count', Uint8Array.of(9, 0, 0, 0));
    expect(Array.from(driver.readMemory('process_count', 4))).toEqual([9, 0, 0, 0]);
    driver.writeMemory(0x500, Uint8Array.of(1, 2));
    expect(Array.from(driver.readMemory(0x500, 2))).toEqual([1, 2]);
  });

  test('what is not mapped is an error of the scenario', async () => {
    const { driver } = kernel();
    await driver.runUntilText('processes are ready');
    expect(() => driver.readMemory(0xc00000, 4)).toThrow('test.scenario.ts: no memory is mapped at linear address');
    expect(() => driver.writeMemory(0xc00000, Uint8Array.of(1))).toThrow('no memory is mapped');
  });

  test('an unknown symbol is answered with the nearest name', () => {
    const { driver } = kernel();
    expect(() => driver.readMemory('heap_bas', 4)).toThrow('no symbol "heap_bas"; did you mean heap_base?');
  });
});

describe('what a scenario can do wrong', () => {
  test('two operations at once: an await is missing', async () => {
    const { driver } = driverFor(sectorFiles(bootSector([0xeb, 0xfe])));
    const first = driver.runFor(3_000_000);
    await expect(driver.runFor(1)).rejects.toThrow('while runFor is still running; is an await missing?');
    await first;
  });

  test('a name twice, or one that is no file name', () => {
    const { driver } = hello();
    driver.screenshot('a');
    driver.checkpoint('a');
    expect(() => driver.screenshot('a')).toThrow('screenshot "a": this run has one of that name already');
    expect(() => driver.checkpoint('end')).toThrow('checkpoint "end": every run has one of that name at its end');
    expect(() => driver.screenshot('../a')).toThrow('a name has small letters, digits and hyphens');
  });

  test('a count that is none', () => {
    const { driver } = hello();
    expect(() => driver.runFor(-1)).toThrow('runFor(-1): it takes a count, 0 or more');
    expect(() => driver.runTicks(1.5)).toThrow('runTicks(1.5)');
  });
});
