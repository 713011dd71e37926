import type { AllocatorFunction, AllocatorFunctions } from './allocator-calls.ts';
import type { AllocatorReport } from './check-allocator.ts';

/** The names of an allocator's functions, the one that allocates first. */
export function functionNames({ alloc, calloc, realloc, free }: AllocatorFunctions): readonly string[] {
  const named = [alloc, calloc, realloc, free].filter((each) => each !== undefined);
  return named.map((each: AllocatorFunction) => (typeof each === 'string' ? each : each.name));
}

/** A report for people. */
export function renderAllocatorReport(functions: AllocatorFunctions, report: AllocatorReport): string {
  const names = functionNames(functions).join(', ');
  const { flaw, seed, runs, calls, rules, seenAlignment } = report;
  const tried = `${runs} sequences, ${calls} calls, seed ${seed}`;
  if (flaw !== undefined) {
    const way = flaw.log.length === 0 ? [] : ['  the shortest sequence that was found:', ...numbered(flaw.log)];
    return [`${names}: broken (${flaw.rule})`, `  ${flaw.message}`, ...way, `  ${tried}`].join('\n');
  }
  const aligned = seenAlignment === 0 ? [] : [`  every result was a multiple of ${seenAlignment}`];
  return [`${names}: no flaw found`, `  ${tried}`, `  rules: ${rules.join(', ')}`, ...aligned].join('\n');
}

function numbered(log: readonly string[]): readonly string[] {
  const width = String(log.length).length;
  return log.map((line, index) => `  ${String(index + 1).padStart(width + 2)}. ${line}`);
}
