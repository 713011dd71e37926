import { OperatingError } from '../../emulator/index.ts';
import type { Pending, PendingCause } from '../golden/pending.ts';
import { LENS_NAMES } from '../lenses/index.ts';

const GROUPINGS = ['cause', 'lens', 'scenario'] as const;
export type Grouping = (typeof GROUPINGS)[number];

/** What one decision is about: a run without a golden or with all its causes, or some causes of one run or several. */
export interface Unit {
  readonly title: string;
  readonly isWhole: boolean; // the runs as they are
  readonly parts: readonly UnitPart[];
}

export interface UnitPart {
  readonly pending: Pending;
  readonly causes: readonly PendingCause[];
}

/** Sorts pending runs into decisions. A run without a golden is always one decision. */
export function unitsOf(all: readonly Pending[], grouping: Grouping): readonly Unit[] {
  const known = all.filter((each) => each.goldenSha256 !== undefined);
  const fresh = all.filter((each) => each.goldenSha256 === undefined).map(wholeUnit);
  if (grouping === 'scenario') return [...fresh, ...known.map(wholeUnit)];
  return [...fresh, ...(grouping === 'lens' ? lensUnits(known) : causeUnits(known))];
}

/** The pending causes with this id, or with one that begins so. Errors: OperatingError for none, or for several ids. */
export function findCause(all: readonly Pending[], id: string): readonly UnitPart[] {
  const ids = [...new Set(all.flatMap(({ causes }) => causes.map((each) => each.id)))].sort();
  const found = ids.includes(id) ? [id] : ids.filter((each) => id !== '' && each.startsWith(id));
  if (found.length === 1) return partsWith(all, (each) => each.id === found[0]);
  if (found.length > 1) throw new OperatingError(`cause ${id}`, `begins ${found.join(' and ')}: give more digits`);
  const hint = ids.length === 0 ? 'nothing is pending; run `gilt gate` first' : `pending are ${ids.join(', ')}`;
  throw new OperatingError(`cause ${JSON.stringify(id)}`, `there is none; ${hint}`);
}

function wholeUnit(pending: Pending): Unit {
  const what = pending.goldenSha256 === undefined ? 'has no golden' : 'differs';
  return { title: `${pending.scenario} ${what}`, isWhole: true, parts: [{ pending, causes: pending.causes }] };
}

function lensUnits(all: readonly Pending[]): readonly Unit[] {
  return LENS_NAMES.flatMap((lens) => {
    const parts = partsWith(all, (each) => each.lens === lens);
    return parts.length === 0 ? [] : [{ title: `${lens} in ${scenariosOf(parts)}`, isWhole: false, parts }];
  });
}

function causeUnits(all: readonly Pending[]): readonly Unit[] {
  const ids = new Set(all.flatMap(({ causes }) => causes.map((each) => each.id)));
  return [...ids].map((id) => {
    const parts = partsWith(all, (each) => each.id === id);
    return { title: `cause ${id} in ${scenariosOf(parts)}`, isWhole: false, parts };
  });
}

function partsWith(all: readonly Pending[], isWanted: (cause: PendingCause) => boolean): readonly UnitPart[] {
  return all
    .map((pending) => ({ pending, causes: pending.causes.filter(isWanted) }))
    .filter(({ causes }) => causes.length > 0);
}

function scenariosOf(parts: readonly UnitPart[]): string {
  return parts.map(({ pending }) => pending.scenario).join(', ');
}
