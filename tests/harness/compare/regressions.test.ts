import { describe, expect, test } from 'vitest';
import { compareTraces } from '../../../harness/compare/index.ts';
import type { LensName } from '../../../harness/lenses/index.ts';
import { type Faults, syntheticKernel } from './synthetic-kernel.ts';

interface Case {
  readonly name: string;
  readonly faults: Faults;
  readonly lens: LensName;
  readonly says: RegExp;
}

// The first paragraph of each must let someone fix the kernel.
const CASES: readonly Case[] = [
  {
    name: 'an allocator that adds a byte to each request',
    faults: { grows: 1 },
    lens: 'allocations',
    says: /kalloc\(4096\) in create_page_table returns heap\+0x1001, golden heap\+0x1000; 7 later results are shifted, each by 1 byte more.*it shows in heap_base: value 1 is heap\+0x1001, stored in kalloc, golden heap\+0x1000.*called through kernel_main/,
  },
  {
    name: 'an allocator that returns a block twice',
    faults: { isRepeating: true },
    lens: 'allocations',
    says: /kalloc\(4096\) in create_page_table returns heap\+0x1000, overlapping kalloc\(4096\) in create_page_table #1, golden heap\+0x2000; 6 later results are shifted by the same 4096 bytes/,
  },
  {
    name: 'read-only pages',
    faults: { flags: 1 },
    lens: 'paging',
    says: /linear 0x00000000-0x00bfffff maps .* read-only, supervisor .directory entry: read\/write, supervisor., stored in create_page_table, golden .* read\/write/,
  },
  {
    name: 'one entry that maps the wrong frame',
    faults: { wrongPage: 5 },
    lens: 'paging',
    says: /linear 0x00005000-0x00005fff maps physical 0x00006000 .* stored in create_page_table, golden maps physical 0x00005000/,
  },
  {
    name: 'a page table too few',
    faults: { tables: 2 },
    lens: 'allocations',
    says: /missing: kalloc\(4096\) .* in create_page_table/,
  },
  {
    name: 'CR3 with the wrong frame',
    faults: { directoryOffset: 4096 },
    lens: 'paging',
    says: /CR3 is loaded with heap\+0x1000 .* in load_page_directory, golden CR3 is loaded with heap\+0x0/,
  },
  {
    name: 'paging that is never enabled',
    faults: { isPagingOff: true },
    lens: 'paging',
    says: /missing: CR0 is loaded with 0x80000011 \(PE=1 WP=0 PG=1\) in enable_paging/,
  },
  {
    name: 'upper page-directory entries that are never written',
    faults: { directoryEntries: 3 },
    lens: 'paging',
    says: /entries that nobody wrote, for linear 0x00c00000-0xffffffff: by what RAM held before, none looks present.*kalloc\(4096\) in create_page_directory/,
  },
  {
    name: 'a process control block that is too small',
    faults: { blockBytes: 40 },
    lens: 'allocations',
    says: /kalloc\(40\) in process_create returns heap\+0x403c, golden kalloc\(48\).*the same change comes 3 times more/,
  },
  {
    name: 'a scheduler that skips a process',
    faults: { skipped: 1 },
    lens: 'memory',
    says: /current_process: value 2 is heap\+0x409c \(kalloc\(48\) in process_create #3\), stored in scheduler, golden heap\+0x406c/,
  },
  {
    name: 'a missing end of interrupt',
    faults: { isEoiMissing: true },
    lens: 'ports',
    says: /missing: write of 0x20 to port 0x20 \(master PIC\) in end_of_interrupt/,
  },
  {
    name: 'a wrong attribute',
    faults: { attribute: 12 },
    lens: 'screen',
    says: /row 2 columns 0-11 has attribute 0x0c, golden 0x0f .*0x0c49 at row 2 column 0 in put_cell/,
  },
  {
    name: 'a wrong vector printed',
    faults: { printedVector: 34 },
    lens: 'screen',
    says: /reads "Interrupt 34", golden "Interrupt 33".* in put_cell/,
  },
  {
    name: 'a triple fault',
    faults: { stop: { kind: 'triple-fault', vectors: [14, 8] } },
    lens: 'traps',
    says: /the run ends with a triple fault \(#PF page fault \(vector 14\), then #DF double fault \(vector 8\)\)/,
  },
];

function judge(faults: Faults) {
  return compareTraces(syntheticKernel(), syntheticKernel(faults));
}

describe('the first paragraph names what went wrong and where', () => {
  test.each(CASES)('$name', ({ faults, lens, says }) => {
    const verdict = judge(faults);
    if (verdict.kind === 'same') throw new Error('judged the same');
    expect(verdict.causes[0].paragraph).toMatch(says);
    expect(verdict.causes[0].lens).toBe(lens);
    expect(verdict.causes.length).toBeLessThanOrEqual(2);
  });
});

test('a kernel whose functions and objects have moved is the same', () => {
  expect(judge({ movedBy: 0x40 }).kind).toBe('same');
});

test('the same run is the same', () => {
  expect(judge({}).kind).toBe('same');
});

test('followers are counted and kept for listing', () => {
  const verdict = judge({ grows: 8 });
  if (verdict.kind === 'same') throw new Error('judged the same');
  const [cause] = verdict.causes;
  expect(cause.differences).toHaveLength(cause.followers + 1);
  expect(cause.followers).toBe(8);
});
