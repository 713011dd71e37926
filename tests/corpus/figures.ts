import { isFlagged, type Judged, namesFunction, namesFunctionFirst, showsLens } from './judged.ts';

export interface Share {
  readonly part: number;
  readonly of: number;
}

/** What the corpus measures, over the changes that are decided. */
export interface Figures {
  readonly flagged: Share; // regressions
  readonly named: Share; // regressions whose function stands in the report
  readonly namedFirst: Share; // ... in the first paragraph
  readonly lensShown: Share;
  readonly benignFlagged: Share;
}

export function figuresOf(all: readonly Judged[]): Figures {
  const decided = all.filter(({ change }) => change.undecided === undefined);
  const bad = decided.filter(({ change }) => change.label === 'regression');
  const benign = decided.filter(({ change }) => change.label === 'benign');
  return {
    flagged: share(bad, (each) => each.kind === 'judged' && isFlagged(each)),
    named: share(bad, ofRegression(namesFunction)),
    namedFirst: share(bad, ofRegression(namesFunctionFirst)),
    lensShown: share(bad, ofRegression(showsLens)),
    benignFlagged: share(benign, (each) => !isSilent(each)),
  };
}

/** Every regression flagged, 95 % with the right function, and no benign change flagged. */
export function areAsRequired({ flagged, named, benignFlagged }: Figures): boolean {
  return flagged.part === flagged.of && named.part >= 0.95 * named.of && benignFlagged.part === 0;
}

/** A benign change that could not be built or judged counts as one that was flagged. */
export function isSilent(each: Judged): boolean {
  return each.kind === 'judged' && each.result.exitCode === 0;
}

function share(all: readonly Judged[], holds: (each: Judged) => boolean): Share {
  return { part: all.filter(holds).length, of: all.length };
}

function ofRegression(holds: typeof namesFunction): (each: Judged) => boolean {
  return (each) => each.kind === 'judged' && each.change.label === 'regression' && holds(each.change, each.result);
}
