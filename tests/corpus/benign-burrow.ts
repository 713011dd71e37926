import type { BenignChange, Step } from './change.ts';
import { spareConstants, spareFunctions } from './spare.ts';
import { linked, renamed } from './steps.ts';

// Without the start, which has to be first.
const OBJECTS: readonly string[] = [
  ...['vectors', 'cpu', 'sentry', 'user', 'main', 'heap', 'frames', 'paging', 'interrupts', 'task', 'input', 'serial'],
  ...['text', 'screen', 'shell', 'commands', 'workers'],
];
const spare = (text: string): readonly Step[] => [
  { kind: 'create', file: 'src/spare.c', text },
  linked('start', 'spare', ...OBJECTS),
];

const ROWS: readonly (readonly [name: string, what: string, ...steps: readonly Step[]])[] = [
  ['objects-reversed', 'all but the start linked in reverse order', linked('start', ...[...OBJECTS].reverse())],
  [
    'functions-renamed',
    'functions that no scenario and no config names have other names',
    renamed({
      put_cell: 'draw',
      list_insert: 'chain_block',
      take_first_fit: 'find_room',
      zeroed_frame: 'clean_frame',
      page_in: 'bring_page',
    }),
  ],
  [
    'callers-renamed',
    'the functions that call the allocators have other names',
    renamed({ task_allocate: 'new_task', run_alloc: 'alloc_command', fill_kernel_table: 'map_kernel' }),
  ],
  [
    'globals-renamed',
    'variables have other names',
    renamed({ free_list: 'first_free', frame_bitmap: 'pool_bits', tick_count: 'beats', cursor_row: 'typing_row' }),
  ],
  [
    'members-renamed',
    'members of structs have other names',
    renamed({ wake_tick: 'until', size_before: 'lower_size', directory: 'space' }),
  ],
  ['unused-functions-in-front', 'two hundred functions that nobody calls, in front', ...spare(spareFunctions(200))],
  [
    'unused-functions-behind',
    'two hundred functions that nobody calls, behind all others: the heap moves',
    { kind: 'end', file: 'src/workers.c', text: spareFunctions(200) },
  ],
  [
    'unused-data-in-front',
    'two pages of initialised data that nobody reads, in front of all other data: the heap moves',
    ...spare('unsigned char spare[8192] = {1, 2, 3};\n'),
  ],
  [
    'unused-bss-in-front',
    'five pages of zeroed data that nobody reads, in front of all other variables: the heap moves',
    ...spare('unsigned char spare_room[20480];\n'),
  ],
  [
    'unused-constants',
    'a page of constants that nobody reads',
    { kind: 'front', file: 'src/main.c', text: spareConstants(4096) },
  ],
];

/** Changes of burrow that leave alone what it does, beside those made as patches. */
export const BENIGN_BURROW: readonly BenignChange[] = ROWS.map(([name, what, ...steps]) => ({
  label: 'benign',
  guest: 'burrow',
  name,
  what,
  steps,
}));
