import type { DriveSpec, RamFill } from '../../emulator/index.ts';
import { LENS_NAMES } from '../lenses/fact.ts';
import { type GiltConfig, LEVELS, type LensLevels, type MachineChoice, type MaskConfig } from './config.ts';
import { Field } from './field.ts';
import { optional } from './optional.ts';
import { parseAllocators, parseRegion } from './parse-allocator.ts';

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
const MACHINE_FIELDS = [
  'memoryBytes',
  'ramFill',
  'instructionsPerPitClock',
  'date',
  'clock',
  'busyLimit',
  'instructionLimit',
  'isStrict',
  'commandLine',
  'modules',
  'loadAt',
  'drives',
] as const;
const DRIVE_KINDS = ['floppy', 'disk', 'cd'] as const;
const CLOCKS = ['instructions', 'idle'] as const;
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

/** Checks the machine part of a config or a scenario; ranges of values are as in the machine spec. */
export function parseMachine(field: Field): MachineChoice {
  field.object(MACHINE_FIELDS);
  return {
    ...optional(field, 'memoryBytes', (each) => each.integer(MIB, 1024 * MIB)),
    ...optional(field, 'ramFill', parseFill),
    ...optional(field, 'instructionsPerPitClock', (each) => each.integer(1, 100_000)),
    ...optional(field, 'date', parseDate),
    ...optional(field, 'clock', (each) => each.oneOf(CLOCKS)),
    ...optional(field, 'busyLimit', (each) => each.integer(1, Number.MAX_SAFE_INTEGER)),
    ...optional(field, 'instructionLimit', (each) => each.integer(1, Number.MAX_SAFE_INTEGER)),
    ...optional(field, 'isStrict', (each) => each.boolean()),
    ...optional(field, 'commandLine', (each) => each.string('what the kernel reads as its command line')),
    ...optional(field, 'modules', (each) => each.list().map((text) => text.string())),
    ...optional(field, 'loadAt', (each) => each.integer(0x500, 1024 * MIB)),
    ...optional(field, 'drives', (each) => each.list().map(parseDrive)),
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

function parseDrive(field: Field): DriveSpec {
  field.object(['kind', 'image']);
  return {
    kind: field.at('kind').oneOf(DRIVE_KINDS),
    image: field.at('image').string("'image', or the name of another"),
  };
}

function parseFill(field: Field): RamFill {
  field.object(['kind', 'value', 'seed']);
  const kind = field.at('kind').oneOf(['zero', 'byte', 'pattern']);
  if (kind === 'byte') return { kind, value: field.at('value').integer(0, 255) };
  if (kind === 'pattern') return { kind, seed: field.at('seed').integer(0, Number.MAX_SAFE_INTEGER) };
  return { kind };
}

function parseDate(field: Field): NonNullable<MachineChoice['date']> {
  field.object(['year', 'month', 'day', 'hour', 'minute', 'second']);
  return {
    year: field.at('year').integer(1980, 2079),
    month: field.at('month').integer(1, 12),
    day: field.at('day').integer(1, 31),
    hour: field.at('hour').integer(0, 23),
    minute: field.at('minute').integer(0, 59),
    second: field.at('second').integer(0, 59),
  };
}

/** Checks the levels of a config or a scenario. */
export function parseLevels(field: Field): LensLevels {
  field.object(LENS_NAMES);
  const chosen = LENS_NAMES.filter((lens) => !field.at(lens).isAbsent());
  return Object.fromEntries(chosen.map((lens) => [lens, field.at(lens).oneOf(LEVELS)]));
}
