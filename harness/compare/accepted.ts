import { createHash } from 'node:crypto';
import type { Fact, LensName } from '../lenses/index.ts';
import type { Cause } from './cause.ts';
import { idOf } from './cause-id.ts';
import type { Difference } from './difference.ts';
import { EXACT_TRACK } from './exact.ts';
import { foldCauses } from './fold.ts';
import type { Verdict } from './verdict.ts';

/** A cause that was blessed alone: what it was, and a fingerprint of each of its differences from the golden run. */
export interface AcceptedCause {
  readonly id: string;
  readonly lens: LensName;
  readonly paragraph: string;
  readonly differences: readonly string[];
}

/** A verdict less what was accepted, and the accepted causes of which something occurred. */
export interface Accepted {
  readonly verdict: Verdict;
  readonly accepted: readonly AcceptedCause[];
}

const MOST_DIFFERENCES = 5000;
const FINGERPRINT_CHARS = 22; // of base64: 132 bits

/**
 * Can this cause be blessed alone? Not what no difference of facts stands for (a wait that wasn't met), not a lens at
 * level exact (it looks no further than its first difference), and not what is too large to be listed.
 */
export function isSeparable({ differences }: Cause): boolean {
  const isListed = differences.length > 0 && differences.length <= MOST_DIFFERENCES;
  return isListed && !differences.some((each) => factsOf(each).some((fact) => fact?.track === EXACT_TRACK));
}

export function acceptCause({ id, lens, paragraph, differences }: Cause): AcceptedCause {
  return { id, lens, paragraph, differences: differences.map(fingerprint) };
}

/**
 * Takes accepted differences out of a verdict; what is left is folded anew. An accepted difference is one exact fact for
 * another at one place of the golden run, and it has to occur: one that no longer does is a cause of its own.
 */
export function withoutAccepted(verdict: Verdict, causes: readonly AcceptedCause[]): Accepted {
  const { masked, known } = verdict;
  const ledger = new Ledger(causes);
  const differences = verdict.kind === 'same' ? [] : verdict.causes.flatMap((cause) => cause.differences);
  const left = foldCauses(differences.filter((each) => !ledger.take(fingerprint(each))));
  const gone = causes.flatMap((cause) => goneCause(cause, ledger.outstanding(cause)));
  const accepted = causes.filter((cause) => ledger.outstanding(cause) < cause.differences.length);
  const remaining = [...left, ...gone];
  if (remaining.length > 0) return { verdict: { kind: 'differs', causes: remaining, masked, known }, accepted };
  return { verdict: { kind: 'same', isByDigest: false, masked, known }, accepted };
}

/** Which accepted differences have not occurred yet. Two causes may hold equal ones: each occurrence is taken once. */
class Ledger {
  private readonly outstandingOf = new Map<AcceptedCause, number>();
  private readonly holders = new Map<string, AcceptedCause[]>();

  constructor(causes: readonly AcceptedCause[]) {
    for (const cause of causes) {
      this.outstandingOf.set(cause, cause.differences.length);
      for (const each of cause.differences) this.holders.set(each, [...(this.holders.get(each) ?? []), cause]);
    }
  }

  take(difference: string): boolean {
    const cause = this.holders.get(difference)?.pop();
    if (cause === undefined) return false;
    this.outstandingOf.set(cause, this.outstanding(cause) - 1);
    return true;
  }

  outstanding(cause: AcceptedCause): number {
    return this.outstandingOf.get(cause) ?? 0;
  }
}

function goneCause({ id, lens, paragraph, differences }: AcceptedCause, outstanding: number): readonly Cause[] {
  if (outstanding === 0) return [];
  const all = differences.length;
  const share = outstanding === all ? 'does not occur' : `occurs otherwise (${outstanding} of its ${all} differences)`;
  const text = `${lens}: what was blessed alone as cause ${id} ${share} in this run; it was: ${paragraph}`;
  return [
    { id: idOf('gone', id), lens, paragraph: text, differences: [], followers: 0, at: { icount: 0, callers: [] } },
  ];
}

function fingerprint(difference: Difference): string {
  const { lens, kind, position } = difference;
  const facts = factsOf(difference).map((fact) => fact && [fact.track, fact.key, fact.value]);
  const text = JSON.stringify([lens, kind, position, ...facts]);
  return createHash('sha256').update(text).digest('base64url').slice(0, FINGERPRINT_CHARS);
}

/** Golden's and actual's, where there is one. */
function factsOf(difference: Difference): readonly (Fact | undefined)[] {
  return [
    difference.kind === 'added' ? undefined : difference.expected,
    difference.kind === 'missing' ? undefined : difference.actual,
  ];
}
