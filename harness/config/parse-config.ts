import { LENS_NAMES } from '../lenses/fact.ts';
import { type GiltConfig, LEVELS, type LensLevels, type MaskConfig } from './config.ts';
import { Field } from './field.ts';
import { optional } from './optional.ts';
import { parseAllocators, parseRegion } from './parse-allocator.ts';
import { parseMachine } from './parse-machine.ts';

const CONFIG_FIELDS = [
  'image',
  'symbols',
  'build',
  'scenarios',
  'golden',
  'goldenCapBytes',
  'allocators',
  'regions',
  'masks',
  'machine',
  'levels',
];
const MASK_KINDS = ['cells', 'facts'] as const;
const MOST_CELLS = 255;
const MIB = 1024 * 1024;
const MOST_CAP_BYTES = 1024 * MIB;

/** Checks what a config file exports. Errors: OperatingError naming file, field and what is allowed. */
export function parseConfig(file: string, value: unknown): GiltConfig {
  const config = new Field(file, '', value).object(CONFIG_FIELDS);
  return {
    image: config.at('image').string('the path of a disk image'),
    ...optional(config, 'symbols', (field) => field.string('the path of an ELF file')),
    ...optional(config, 'build', (field) => field.string('a shell command that builds the image')),
    ...optional(config, 'scenarios', (field) => field.string('the path of a folder')),
    ...optional(config, 'golden', (field) => field.string('the path of a folder')),
    ...optional(config, 'goldenCapBytes', (field) => field.integer(1, MOST_CAP_BYTES)),
    ...optional(config, 'allocators', parseAllocators),
    ...optional(config, 'regions', (field) => field.list().map(parseRegion)),
    ...optional(config, 'masks', parseMasks),
    ...optional(config, 'machine', parseMachine),
    ...optional(config, 'levels', parseLevels),
  };
}

/** Checks masks of a config or a scenario. */
export function parseMasks(field: Field): readonly MaskConfig[] {
  return field.list().map(parseMask);
}

function parseMask(field: Field): MaskConfig {
  field.object(['kind', 'screen', 'rows', 'columns', 'lens', 'key', 'reason']);
  const reason = field.at('reason').string('the reason why this is not compared');
  const kind = field.at('kind').oneOf(MASK_KINDS);
  if (kind === 'facts') {
    return { kind, lens: field.at('lens').oneOf(LENS_NAMES), key: field.at('key').string(), reason };
  }
  return {
    kind,
    ...optional(field, 'screen', (each) => each.string("a screen's name")),
    rows: parseInterval(field.at('rows')),
    columns: parseInterval(field.at('columns')),
    reason,
  };
}

function parseInterval(field: Field): readonly [number, number] {
  const [first, last, ...more] = field.list();
  if (last === undefined || more.length > 0) field.reject('two numbers, [first, last]');
  const from = first.integer(0, MOST_CELLS);
  return [from, last.integer(from, MOST_CELLS)];
}

/** Checks the levels of a config or a scenario. */
export function parseLevels(field: Field): LensLevels {
  field.object(LENS_NAMES);
  const chosen = LENS_NAMES.filter((lens) => !field.at(lens).isAbsent());
  return Object.fromEntries(chosen.map((lens) => [lens, field.at(lens).oneOf(LEVELS)]));
}
