import { join } from 'node:path';
import { LENS_NAMES, type LensName } from '../../harness/lenses/fact.ts';
import type { Regression } from './change.ts';
import { GUESTS, type Guest } from './guests.ts';
import { type LabelledPatch, patchesIn } from './patch-header.ts';

/** The patches in every guest's regressions/; the head of each says what it breaks and what a good report names. */
export function regressions(): readonly Regression[] {
  return GUESTS.flatMap((guest) =>
    patchesIn(join(guest.sources, 'regressions')).map((patch) => regressionOf(guest, patch)),
  );
}

function regressionOf(guest: Guest, { name, file, header, optionalHeader }: LabelledPatch): Regression {
  const undecided = optionalHeader('Undecided');
  return {
    label: 'regression',
    name,
    guest: guest.name,
    what: header('Breaks'),
    steps: [{ kind: 'patch', file }],
    functions: header('Function')
      .split(',')
      .map((each) => each.trim()),
    lens: lensOf(file, header('Lens')),
    ...(undecided === undefined ? {} : { undecided }),
  };
}

function lensOf(file: string, name: string): LensName {
  const lens = LENS_NAMES.find((each) => each === name);
  if (lens === undefined) throw new Error(`${file}: there is no lens "${name}"; there is ${LENS_NAMES.join(', ')}`);
  return lens;
}
