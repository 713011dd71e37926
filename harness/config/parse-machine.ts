import type { DriveSpec, MachineSpec, RamFill } from '../../emulator/index.ts';
import type { MachineChoice, ModuleChoice } from './config.ts';
import type { Field } from './field.ts';
import { optional } from './optional.ts';

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
const ROM_FIELDS = ['bios', 'vgaBios'] as const;
const DRIVE_KINDS = ['floppy', 'disk', 'cd'] as const;
const CLOCKS = ['instructions', 'idle'] as const;
const MIB = 1024 * 1024;

/** Checks the machine part of a config or a scenario; ranges of values are as in the machine spec. */
export function parseMachine(field: Field): MachineChoice {
  field.object([...MACHINE_FIELDS, ...ROM_FIELDS]);
  return {
    ...parseCommon(field),
    ...optional(field, 'modules', (each) => each.list().map(parseModule)),
    ...optional(field, 'bios', (each) => each.string('the path of a ROM')),
    ...optional(field, 'vgaBios', (each) => each.string("the path of the VGA's ROM")),
  };
}

/** Checks a machine spec that a trace holds, but for its probes: of modules it has the texts alone. */
export function parseRecordedMachine(field: Field): Partial<MachineSpec> {
  field.object(MACHINE_FIELDS);
  return {
    ...parseCommon(field),
    ...optional(field, 'modules', (each) => each.list().map((text) => text.string())),
  };
}

function parseCommon(field: Field): Partial<Omit<MachineSpec, 'modules' | 'probes'>> {
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
    ...optional(field, 'loadAt', (each) => each.integer(0x500, 1024 * MIB)),
    ...optional(field, 'drives', (each) => each.list().map(parseDrive)),
  };
}

function parseModule(field: Field): ModuleChoice {
  field.object(['file', 'arguments']);
  return {
    file: field.at('file').string('the path of a file'),
    ...optional(field, 'arguments', (each) => each.string('what the kernel reads after the path')),
  };
}

function parseDrive(field: Field): DriveSpec {
  field.object(['kind', 'image']);
  return {
    kind: field.at('kind').oneOf(DRIVE_KINDS),
    image: field.at('image').string("'image', or the path of another"),
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
