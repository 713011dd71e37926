import type { Cause, Difference, Verdict } from '../compare/index.ts';
import type { Question, Run } from './runs.ts';

/** How a commit stands to a behaviour that has changed somewhere. */
export type State = 'as-before' | 'changed' | 'untestable';

/**
 * Something that a kernel does otherwise than a reference run: the first difference of one cause. It is known by the
 * reference's fact, so that it is the same behaviour wherever it shows, whatever took the fact's place.
 */
export interface Behaviour {
  readonly question: Question;
  readonly reference: Run;
  readonly cause: Cause;
  readonly subject: string; // of the first difference
  readonly otherSubjects: ReadonlySet<string>; // of the other causes that were found with it
}

const UNMET = 'unmet wait';

/** The causes of a comparison; a wait that wasn't met is the last of them: no reference has one. */
export function causesOf(verdict: Verdict, { unmet }: Run): readonly Cause[] {
  const causes = verdict.kind === 'same' ? [] : verdict.causes;
  if (unmet === undefined) return causes;
  const end: Cause = {
    id: UNMET,
    paragraph: `end: ${unmet}`,
    lens: 'traps',
    differences: [],
    followers: 0,
    at: { icount: 0, callers: [] },
  };
  return [...causes, end];
}

/** One behaviour for each cause. */
export function behavioursOf(causes: readonly Cause[], question: Question, reference: Run): readonly Behaviour[] {
  const subjects = causes.map(({ differences: [leader] }) => subjectOf(leader));
  return causes.map((cause, index) => {
    const subject = subjects[index];
    const otherSubjects = new Set(subjects.filter((each) => each !== subject));
    return { question, reference, cause, subject, otherSubjects };
  });
}

/** The cause of these to which a behaviour belongs; undefined where it is as in the reference. */
export function findBehaviour(
  causes: readonly Cause[],
  { subject, otherSubjects }: Pick<Behaviour, 'subject' | 'otherSubjects'>,
): Cause | undefined {
  const holding = causes.filter(
    ({ differences }) =>
      (differences.length === 0 && subject === UNMET) || differences.some((each) => subjectOf(each) === subject),
  );
  // Where it follows from what is a cause of its own elsewhere, that one is there, and not this one yet.
  return holding.find(({ differences: [leader] }) => !otherSubjects.has(subjectOf(leader)));
}

/** The reference's fact that differs, or what was added: independent of what the other side has. */
function subjectOf(difference: Difference | undefined): string {
  if (difference === undefined) return UNMET;
  if (difference.kind === 'added') return `${difference.lens}\n+\n${difference.actual.track}\n${difference.actual.key}`;
  return `${difference.lens}\n${difference.position}\n${difference.expected.track}\n${difference.expected.key}`;
}
