import { appendFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { hostError } from '../run/files/host-error.ts';
import { writeFileWhole } from '../run/files/output-file.ts';
import type { ScenarioOutcome } from './gate-outcome.ts';
import { type LocateSource, renderGithub } from './github.ts';
import { renderJobSummary } from './job-summary.ts';
import { renderJson } from './json.ts';
import { renderJunit } from './junit.ts';
import { renderGate, type TerminalOptions } from './terminal.ts';

const REPORTERS = ['terminal', 'json', 'junit', 'github'] as const;
export type ReporterName = (typeof REPORTERS)[number];

/** A reporter and where its text goes: a file, or standard output. */
export interface Reporter {
  readonly name: ReporterName;
  readonly file?: string;
}

export interface ReportContext {
  readonly generator: string;
  readonly terminal: TerminalOptions;
  readonly locate: LocateSource;
  readonly cwd: string;
  readonly stepSummary: string | undefined; // the file that a GitHub workflow collects its job summary from
  readonly out: (text: string) => Promise<void>;
}

/** Tells of a gate in every way asked for, in that order. Errors: OperatingError for a file that can't be written. */
export async function report(
  outcomes: readonly ScenarioOutcome[],
  reporters: readonly Reporter[],
  context: ReportContext,
): Promise<void> {
  for (const { name, file } of reporters) {
    const text = render(name, outcomes, context);
    if (file === undefined) await context.out(text);
    else writeFileWhole(resolve(context.cwd, file), text);
    if (name === 'github' && context.stepSummary !== undefined) append(context.stepSummary, renderJobSummary(outcomes));
  }
}

function render(name: ReporterName, outcomes: readonly ScenarioOutcome[], context: ReportContext): string {
  switch (name) {
    case 'terminal':
      return renderGate(outcomes, context.terminal);
    case 'json':
      return renderJson(context.generator, outcomes);
    case 'junit':
      return renderJunit(outcomes);
    case 'github':
      return renderGithub(outcomes, context.locate);
  }
}

function append(file: string, text: string): void {
  try {
    appendFileSync(file, text);
  } catch (error) {
    throw hostError(file, error);
  }
}
