import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { OperatingError } from '../../emulator/index.ts';
import type { AcceptedCause } from '../compare/index.ts';
import { Field } from '../config/field.ts';
import type { Project } from '../config/load-config.ts';
import { optional } from '../config/optional.ts';
import { hostError } from '../run/files/host-error.ts';
import { writeFileWhole } from '../run/files/output-file.ts';
import { listScenarios } from '../scenario/find-scenarios.ts';
import { causeFields, parseJson, requireVersion } from './accepted-file.ts';

/** A cause that waits for a decision. Without `differences` it can't be blessed alone. */
export interface PendingCause extends AcceptedCause {
  readonly followers: number;
}

/** A run that isn't as its golden, or has none, and lies in the report folder beside this, as actual.msgpack. */
export interface Pending {
  readonly scenario: string;
  readonly imageSha256: string;
  readonly goldenSha256?: string; // the golden trace it was held against; absent: there was none
  readonly refusal?: string; // why it can't become a golden
  readonly causes: readonly PendingCause[];
  readonly moreCauses: number; // that aren't listed
  readonly pictures: readonly string[]; // file names in the folder
}

const FILE = 'pending.json';
const VERSION = 1;

/** Errors: OperatingError naming the path. */
export function writePending(folder: string, pending: Pending): void {
  writeFileWhole(join(folder, FILE), `${JSON.stringify({ version: VERSION, ...pending }, undefined, 1)}\n`);
}

export function removePending(folder: string): void {
  rmSync(join(folder, FILE), { force: true });
}

/** The pending runs of scenarios that there still are. Errors: OperatingError. */
export function pendingOf({ scenarios }: Pick<Project, 'scenarios'>, report: string): readonly Pending[] {
  const names = new Set(listScenarios(scenarios).map(({ name }) => name));
  return listPending(report).filter(({ scenario }) => names.has(scenario));
}

/** All pending runs of a report folder, by scenario. Errors: OperatingError naming the file and the field. */
export function listPending(report: string): readonly Pending[] {
  if (!existsSync(report)) return [];
  return readFolder(report)
    .map((name) => join(report, name, FILE))
    .filter((file) => existsSync(file))
    .sort()
    .map(readPending);
}

function readFolder(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    throw hostError(folder, error);
  }
}

function readPending(file: string): Pending {
  const field = new Field(file, '', parseJson(file, readText(file)));
  requireVersion(field.object(['version', ...PENDING_FIELDS]), VERSION);
  return {
    scenario: field.at('scenario').string(),
    imageSha256: field.at('imageSha256').string(),
    ...optional(field, 'goldenSha256', (each) => each.string()),
    ...optional(field, 'refusal', (each) => each.string()),
    causes: field.at('causes').list().map(parseCause),
    moreCauses: field.at('moreCauses').integer(0, Number.MAX_SAFE_INTEGER),
    pictures: field
      .at('pictures')
      .list()
      .map((each) => each.string()),
  };
}

const PENDING_FIELDS: readonly (keyof Pending)[] = [
  'scenario',
  'imageSha256',
  'goldenSha256',
  'refusal',
  'causes',
  'moreCauses',
  'pictures',
];

function parseCause(field: Field): PendingCause {
  field.object(['id', 'lens', 'paragraph', 'differences', 'followers']);
  return { ...causeFields(field), followers: field.at('followers').integer(0, Number.MAX_SAFE_INTEGER) };
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw hostError(file, error);
  }
}

/** The pending runs of these scenarios, or all. Errors: OperatingError for a scenario of which nothing is pending. */
export function selectPending(all: readonly Pending[], scenarios: readonly string[]): readonly Pending[] {
  const absent = scenarios.find((name) => all.every(({ scenario }) => scenario !== name));
  if (absent !== undefined) {
    throw new OperatingError(`scenario "${absent}"`, 'nothing of it is pending; `gilt gate` leaves what differs');
  }
  return scenarios.length === 0 ? all : all.filter(({ scenario }) => scenarios.includes(scenario));
}
