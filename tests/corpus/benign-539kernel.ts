import type { BenignChange, Step } from './change.ts';
import { spareConstants, spareFunctions } from './spare.ts';
import { linked, renamed, unit } from './steps.ts';

const SPARE_IN_FRONT = linked(
  ...['starter', 'spare', 'isr', 'cpu', 'main', 'heap', 'paging', 'screen', 'process', 'scheduler', 'interrupts'],
);
const spare = (text: string): readonly Step[] => [{ kind: 'create', file: 'src/spare.c', text }, SPARE_IN_FRONT];

const ROWS: readonly (readonly [name: string, what: string, ...steps: readonly Step[]])[] = [
  [
    'objects-reversed',
    'all but the starter linked in reverse order',
    linked('starter', 'interrupts', 'scheduler', 'process', 'screen', 'paging', 'heap', 'main', 'cpu', 'isr'),
  ],
  [
    'functions-renamed',
    'functions that no scenario and no config names have other names',
    renamed({ put_cell: 'draw', copy_row: 'move_row', context_init: 'fill_context', next_process: 'choose' }),
  ],
  [
    'callers-renamed',
    'the functions that call the allocator have other names',
    renamed({ create_page_directory: 'make_directory', create_page_table: 'make_table', process_create: 'spawn' }),
  ],
  [
    'globals-renamed',
    'variables have other names',
    renamed({ cursor: 'next_cell', next_pid: 'turn', heap_base: 'first_free', current_process: 'running' }),
  ],
  ['members-renamed', 'members of structs have other names', renamed({ state: 'condition', stack: 'stack_bottom' })],
  ['unused-functions-in-front', 'forty functions that nobody calls, in front', ...spare(spareFunctions(40))],
  [
    'unused-functions-behind',
    'forty functions that nobody calls, behind all others',
    { kind: 'end', file: 'src/interrupts.c', text: spareFunctions(40) },
  ],
  [
    'unused-data-in-front',
    'a page and a half of initialised data that nobody reads, in front of all other data',
    ...spare('unsigned char spare[6000] = {1, 2, 3};\n'),
  ],
  [
    'unused-bss-in-front',
    'two pages of zeroed data that nobody reads, in front of all other variables',
    ...spare('unsigned char spare_room[8192];\n'),
  ],
  [
    'unused-constants',
    'a page of constants that nobody reads, in front of all others',
    { kind: 'front', file: 'src/main.c', text: spareConstants(4096) },
  ],
  [
    'one-unit',
    'all C files compiled as one',
    {
      kind: 'create',
      file: 'src/all.c',
      text: unit('main', 'heap', 'paging', 'screen', 'process', 'scheduler', 'interrupts'),
    },
    linked('starter', 'isr', 'cpu', 'all'),
  ],
];

/** Changes of 539kernel that leave alone what it does, beside those made as patches. */
export const BENIGN_539KERNEL: readonly BenignChange[] = ROWS.map(([name, what, ...steps]) => ({
  label: 'benign',
  guest: '539kernel',
  name,
  what,
  steps,
}));
