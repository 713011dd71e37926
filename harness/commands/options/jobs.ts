import type { Progress } from '../progress.ts';
import { UsageError } from '../usage-error.ts';

/** The option of commands that build commits. */
export const JOBS_OPTION = {
  type: 'number',
  requiresArg: true,
  describe: 'builds at once; default one per core',
} as const;

const MOST_JOBS = 64;

/** Errors: UsageError. */
export function requireJobs(jobs: number | undefined): number | undefined {
  if (jobs === undefined || (Number.isInteger(jobs) && jobs >= 1 && jobs <= MOST_JOBS)) return jobs;
  throw new UsageError(`--jobs must be a number from 1 to ${MOST_JOBS}`);
}

/** Shows which commit is being built. */
export function buildListener(progress: Progress): { readonly onBuild: (commit: string) => void } {
  let builds = 0;
  return { onBuild: (commit) => progress.show(`build ${++builds}: ${commit.slice(0, 10)}`) };
}
