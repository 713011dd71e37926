import { describe, expect, test } from 'vitest';
import type { Driver } from '../../../harness/driver/driver.ts';
import type { AllocatorRule } from '../../../harness/explore/allocator/allocator-flaw.ts';
import { AllocatorModel } from '../../../harness/explore/allocator/allocator-model.ts';
import {
  type AllocatorCheck,
  AllocatorCheckError,
  checkAllocator,
  exploreAllocator,
} from '../../../harness/explore/allocator/check-allocator.ts';
import { builtFiles, driverFor } from '../guest-run.ts';

const HEAP = { alloc: 'bmalloc', calloc: 'bcalloc', realloc: 'brealloc', free: 'bfree' };
const REGIONS = [
  { name: 'heap', start: 'heap_area', end: 'heap_area_end' },
  { name: 'frames', start: 'frame_area', end: 'frame_area_end' },
];

async function booted(path: string): Promise<Driver> {
  const { driver } = driverFor(builtFiles(path), []);
  await driver.runUntilIdle();
  return driver;
}

const kernel = (): Promise<Driver> => booted('kernel/build/539kernel');
const burrow = (): Promise<Driver> => booted('kernel/burrow/build/burrow');
/** The boot doesn't survive this, so calls begin when the heap has just been made. */
async function kernelWithoutHeap(): Promise<Driver> {
  const { driver } = driverFor(builtFiles('kernel/regressions/built/kalloc-never-moves'), []);
  await driver.runUntilReturn('heap_init');
  return driver;
}

async function burrowHeap(regression?: string): Promise<AllocatorCheck> {
  const built = regression === undefined ? burrow() : booted(`kernel/burrow/regressions/built/${regression}`);
  return { driver: await built, ...HEAP, regions: REGIONS, alignment: 8, runs: 25 };
}

describe('an allocator that keeps every rule', () => {
  test('has no flaw, and the guest is as before', async () => {
    const check = await burrowHeap();
    const before = check.driver.icount;
    const report = await checkAllocator(check);
    expect(report).toMatchObject({ seed: 1, runs: 25, seenAlignment: 8 });
    expect(report.calls).toBeGreaterThan(250);
    expect(check.driver.icount).toBe(before);
  });

  test('may hand out page frames', async () => {
    const alloc = { name: 'frame_alloc', kind: 'frames', args: 0 } as const;
    const check = { driver: await burrow(), alloc, free: 'frame_free', regions: REGIONS, alignment: 4096, runs: 3 };
    expect((await checkAllocator(check)).seenAlignment).toBe(4096);
  });

  test('gives the same report for the same seed, and tries other sequences with another', async () => {
    const check = { ...(await burrowHeap()), runs: 10 };
    const run = (seed: number) => exploreAllocator({ ...check, seed });
    const [first, again, other] = [await run(1), await run(1), await run(2)];
    expect(again).toEqual(first);
    expect(other.calls).not.toBe(first.calls);
  });
});

describe('a broken allocator is found with a short way there', () => {
  const ROWS: readonly (readonly [string, AllocatorRule, number])[] = [
    ['heap-aligned-to-four', 'alignment', 2],
    ['heap-merge-wrong-neighbour', 'returns', 3],
    ['realloc-copies-too-little', 'contents', 4],
    ['calloc-not-zeroed', 'zeroed', 3],
    ['free-does-nothing', 'reuse', 1],
    ['heap-split-loses-rest', 'exhaustion', 0],
  ];
  test.each(ROWS)('%s breaks %s', async (regression, rule, steps) => {
    const { flaw } = await exploreAllocator(await burrowHeap(regression));
    expect(flaw?.rule).toBe(rule);
    expect(flaw?.steps.length).toBeLessThanOrEqual(steps);
  });

  test('two blocks at one place overlap', async () => {
    const { flaw } = await exploreAllocator({
      driver: await kernelWithoutHeap(),
      alloc: 'kalloc',
      runs: 5,
    });
    expect(flaw).toMatchObject({
      rule: 'overlap',
      steps: [
        { kind: 'alloc', bytes: 1 },
        { kind: 'alloc', bytes: 1 },
      ],
    });
    expect(flaw?.message).toMatch(/^kalloc\(1\) = 0x\w+ overlaps the 1 bytes at 0x\w+, which are in use$/);
  });

  test('one that never says no runs out of mapped memory', async () => {
    const { flaw } = await exploreAllocator({ driver: await kernel(), alloc: 'kalloc', runs: 5 });
    expect(flaw).toMatchObject({ rule: 'bounds', steps: [{ kind: 'exhaust', bytes: 4096 }] });
    expect(flaw?.log).toHaveLength(3); // thousands of calls, in short
  });

  test('a rule that is not asked for is not checked', async () => {
    const check = { driver: await kernelWithoutHeap(), alloc: 'kalloc', runs: 5 };
    expect((await exploreAllocator({ ...check, rules: ['alignment'] })).flaw).toBeUndefined();
  });

  test('checkAllocator throws, and its message has the calls and the seed', async () => {
    const check = { driver: await kernelWithoutHeap(), alloc: 'kalloc', runs: 5, seed: 9 };
    const error = await checkAllocator(check).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(AllocatorCheckError);
    expect(String(error)).toMatch(/overlap: .*\n {2}1\. kalloc\(1\) = 0x\w+\n {2}2\. kalloc\(1\) = 0x\w+\nseed 9$/);
  });
});

describe('the model', () => {
  test('a block that was freed may be given again, one that is in use may not', async () => {
    const model = new AllocatorModel({ driver: await burrow(), ...HEAP });
    expect(await model.alloc(16)).toBe(0);
    expect(await model.alloc(16)).toBe(1);
    await model.free(0);
    expect(await model.alloc(16)).toBe(2);
    expect(model.live.map(({ id }) => id)).toEqual([1, 2]);
    await expect(model.free(0)).rejects.toThrow('block 0 is not in use');
  });

  test('a refusal is no flaw, and a refused realloc leaves the block', async () => {
    const model = new AllocatorModel({ driver: await burrow(), ...HEAP });
    expect(await model.alloc(200_000)).toBeUndefined();
    await model.alloc(16);
    expect(await model.realloc(0, 200_000)).toBeUndefined();
    await model.freeAll();
  });

  test('the kernel that changes a live block is told from the one that does not', async () => {
    const driver = await burrow();
    const model = new AllocatorModel({ driver, ...HEAP });
    await model.alloc(16);
    const [{ address }] = model.live;
    driver.writeMemory(address + 5, Uint8Array.of(driver.readMemory(address + 5, 1)[0] ^ 1));
    await expect(model.alloc(16)).rejects.toThrow(/changes byte 5 of the 16 bytes at 0x\w+, which are in use/);
  });
});
