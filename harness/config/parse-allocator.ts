import { ALLOCATOR_KINDS } from '../lenses/view-config.ts';
import type { AllocatorConfig, RegionConfig } from './config.ts';
import type { Field } from './field.ts';
import { optional } from './optional.ts';

const ALLOCATOR_FIELDS = [
  'name',
  'args',
  'convention',
  'kind',
  'size',
  'count',
  'order',
  'pointer',
  'frameBytes',
  'failure',
  'region',
  'mustFree',
];
const CONVENTIONS = ['cdecl', 'regparm3'] as const;
const MOST_ARGS = 8;
const MOST_FRAME_BYTES = 4 * 1024 * 1024;
const LAST_LINEAR = 0xffff_ffff;
const LARGEST_ALIGN = 1024 * 1024 * 1024;

/** Checks a list of allocators: no name twice. */
export function parseAllocators(field: Field): readonly AllocatorConfig[] {
  const names = new Set<string>();
  return field.list().map((each) => {
    const allocator = parseAllocator(each);
    if (names.has(allocator.name)) each.at('name').reject('the name of a function that is not in the list yet');
    names.add(allocator.name);
    return allocator;
  });
}

function parseAllocator(field: Field): AllocatorConfig {
  field.object(ALLOCATOR_FIELDS);
  const args = field.at('args').integer(0, MOST_ARGS);
  const kind = field.at('kind').isAbsent() ? 'alloc' : field.at('kind').oneOf(ALLOCATOR_KINDS);
  const fewest = kind === 'frames' ? 0 : kind === 'calloc' || kind === 'realloc' ? 2 : 1;
  if (args < fewest) field.at('args').reject(`at least ${fewest} for kind '${kind}'`);
  const position = (each: Field): number => {
    if (args === 0) each.reject('absent: there are no arguments');
    return each.integer(0, args - 1);
  };
  return {
    name: field.at('name').string('the name of a function'),
    args,
    ...optional(field, 'convention', (each) => each.oneOf(CONVENTIONS)),
    ...optional(field, 'kind', (each) => each.oneOf(ALLOCATOR_KINDS)),
    ...optional(field, 'size', position),
    ...optional(field, 'count', position),
    ...optional(field, 'order', position),
    ...optional(field, 'pointer', position),
    ...optional(field, 'frameBytes', (each) => each.integer(1, MOST_FRAME_BYTES)),
    ...optional(field, 'failure', (each) => each.integer(0, LAST_LINEAR)),
    ...optional(field, 'region', (each) => each.string("a region's name")),
    ...optional(field, 'mustFree', (each) => each.boolean()),
  };
}

/** Checks a region. Whether its symbols exist is known when the kernel's are read. */
export function parseRegion(field: Field): RegionConfig {
  field.object(['name', 'start', 'end']);
  return {
    name: field.at('name').string(),
    start: parseBound(field.at('start')),
    end: parseBound(field.at('end')),
  };
}

function parseBound(field: Field): RegionConfig['start'] {
  if (typeof field.value === 'number') return field.integer(0, LAST_LINEAR + 1);
  if (typeof field.value !== 'object')
    return field.string('an address, the name of a symbol, or { symbol, offset, align }');
  field.object(['symbol', 'offset', 'align']);
  return {
    symbol: field.at('symbol').string('the name of a symbol'),
    ...optional(field, 'offset', (each) => each.integer(-LAST_LINEAR, LAST_LINEAR)),
    ...optional(field, 'align', (each) => each.integer(1, LARGEST_ALIGN)),
  };
}
