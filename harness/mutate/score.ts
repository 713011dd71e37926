import type { Mutant } from './mutation-run.ts';

/** How many mutants of a function, or of all, met which fate. */
export interface Score {
  readonly name: string;
  readonly mutants: number;
  readonly killed: number;
  readonly unseen: number;
  readonly notExecuted: number;
}

/** One score for each function with mutants, in their order. */
export function scoresOf(mutants: readonly Mutant[]): readonly Score[] {
  const names = [...new Set(mutants.map(({ mutation }) => mutation.function))];
  const scores = names.map((name) =>
    scoreOf(
      name,
      mutants.filter(({ mutation }) => mutation.function === name),
    ),
  );
  return scores.filter((score) => score.mutants > 0);
}

/** 16-bit code isn't mutated, so it doesn't count. */
export function scoreOf(name: string, mutants: readonly Mutant[]): Score {
  const count = (kind: Mutant['fate']['kind']): number => mutants.filter(({ fate }) => fate.kind === kind).length;
  return {
    name,
    mutants: mutants.length - count('16-bit'),
    killed: count('killed'),
    unseen: count('unseen'),
    notExecuted: count('not-executed'),
  };
}

/** Killed mutants in percent of all, rounded down: 100 means all of them. */
export function percentKilled({ killed, mutants }: Score): number {
  return mutants === 0 ? 100 : Math.floor((killed / mutants) * 100);
}
