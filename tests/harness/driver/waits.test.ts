import { describe, expect, test } from 'vitest';
import { burrowFiles, driverFor, kernelFiles, sectorFiles } from '../guest-run.ts';
import { bootSector, HALTING_GUEST, HELLO_GUEST } from '../project-folder.ts';

const kernel = () => driverFor(kernelFiles());
const burrow = () => driverFor(burrowFiles(), []);

/** Unreal mode; the local APIC's timer, every 100,000 of its clocks; the handler of vector 30h counts in [500h]; hlt for ever. */
const APIC_TICKS = bootSector([
  ...Buffer.from(
    'fa31c08ed88ed0bc007c0f0116777c0f20c00c010f22c0bb08008ee324fe0f22c0c706c000657cc706c2000000646667c705' +
      'f000e0feff010000646667c7055003e0fe00000100646667c7052003e0fe30000200646667c7058003e0fea0860100fbf4eb' +
      'fd646667c705b000e0fe00000000ff060005cf0f007d7c00000000000000000000ffff00000092cf00',
    'hex',
  ),
]);

describe('a wait ends where it says', () => {
  test('runUntilIcount is exact, and refuses to go back', async () => {
    const { driver } = driverFor(sectorFiles(bootSector([0xeb, 0xfe])));
    await driver.runUntilIcount(5_000);
    expect(driver.icount).toBe(5_000);
    expect(() => driver.runUntilIcount(10)).toThrow('runUntilIcount(10): the guest is at icount 5000 already');
  });

  test('runUntilReturn gives EAX of the call that the guest is at, or of the next', async () => {
    const { driver } = kernel();
    await driver.runUntilCall('kalloc');
    const [first, size] = [driver.read('heap_base'), driver.read(driver.registers.esp + 4)];
    expect(await driver.runUntilReturn('kalloc')).toBe(first);
    expect(await driver.runUntilReturn('kalloc')).toBe(first + size);
  });

  test('runUntilReturn of a function that calls itself waits for the outermost call', async () => {
    // 32-bit code would need a kernel; burrow's task_create calls bmalloc twice and returns a task.
    const { driver } = burrow();
    await driver.runUntilCall('task_create');
    const task = await driver.runUntilReturn('task_create');
    expect(driver.read(task)).toBe(1); // its id
  });

  test('runUntilSerial counts from where the last one ended', async () => {
    const { driver } = burrow();
    await driver.runUntilSerial('paging is on');
    await expect(driver.fork((fork) => fork.runUntilSerial('burrow begins', { limit: 1_000_000 }))).rejects.toThrow(
      'in a fork: waited for the text "burrow begins" at COM1',
    );
    expect(driver.serialText()).toMatch(/^burrow begins\r?\n(.*\r?\n)*paging is on$/);
  });

  test('runUntilSerial sees what came before it was called', async () => {
    const { driver } = burrow();
    await driver.runUntilCall('shell');
    const { icount } = driver;
    await driver.runUntilSerial('paging is on');
    expect(driver.icount).toBe(icount);
  });

  test('runUntilPortWrite gives the value and stops after the instruction', async () => {
    const { driver } = kernel();
    expect(await driver.runUntilPortWrite(0x21)).toBe(32); // ICW2 of the master
    expect(await driver.runUntilPortWrite(0x21, { value: 1 })).toBe(1);
    await expect(driver.runUntilPortWrite(0x21, { value: 0x77, limit: 100_000 })).rejects.toThrow(
      'waited for a write of 0x77 to port 0x21',
    );
  });

  test("runTicks counts the local APIC's timer, too", async () => {
    const { driver } = driverFor(sectorFiles(APIC_TICKS));
    await driver.runTicks(5);
    await driver.runUntilIdle();
    expect(driver.read(0x500) & 0xffff).toBe(5);
  });

  test('runUntilIdle stops before time passes', async () => {
    const { driver, machine } = driverFor(sectorFiles(HELLO_GUEST));
    await driver.runUntilIdle();
    expect(machine.isIdle).toBe(true);
    expect(driver.interruptCount(0)).toBe(0);
  });

  test('runUntilIdle after keys waits until the guest has taken them', async () => {
    const { driver } = burrow();
    await driver.runUntilIdle();
    driver.press('ab');
    const before = driver.interruptCount(1);
    await driver.runUntilIdle();
    expect(driver.interruptCount(1) - before).toBe(4);
  });

  test('runUntilExit gives the value at the exit port, and another end is no exit', async () => {
    const exit = driverFor(sectorFiles(bootSector([0xb0, 0x2a, 0xe6, 0xf4]))); // mov al, 2ah; out f4h, al
    expect(await exit.driver.runUntilExit()).toBe(0x2a);
    expect(await exit.driver.runUntilExit(), 'asked again').toBe(0x2a);
    const halt = driverFor(sectorFiles(HALTING_GUEST));
    await expect(halt.driver.runUntilExit()).rejects.toThrow('waited for the guest to leave by the exit port');
  });
});

describe('runUntil', () => {
  test('stops right after the store that makes the condition hold', async () => {
    const { driver } = kernel();
    await driver.runUntil(() => driver.read('process_count') === 3);
    expect(driver.read('process_count')).toBe(3);
    const { icount } = driver;
    const again = kernel().driver;
    await again.runUntilIcount(icount - 1);
    expect(again.read('process_count')).toBe(2);
  });

  test('follows pointers, and one that is null does not hold yet', async () => {
    const { driver } = kernel();
    await driver.runUntil(() => driver.read('processes[2]->context.eip') !== 0);
    expect(driver.global('processes[2]->context.eip')).toBe(driver.read('processes[2].context.eip'));
    expect(driver.read('process_count')).toBe(2);
  });

  test('may look at the screen', async () => {
    const { driver } = kernel();
    await driver.runUntil(() => driver.screenText().some((row) => row.includes('Heap st')));
    expect(driver.screenText().join()).not.toContain('Heap sta');
  });

  test('a condition that reads nothing of the guest is refused', async () => {
    const { driver } = kernel();
    await expect(driver.runUntil(() => false)).rejects.toThrow('reads no guest memory');
  });

  test('one that never holds is given up at the limit', async () => {
    const { driver } = kernel();
    await expect(driver.runUntil(() => driver.read(0x500) === 9, { limit: 10_000 })).rejects.toThrow(
      'waited for a condition on memory',
    );
  });
});
