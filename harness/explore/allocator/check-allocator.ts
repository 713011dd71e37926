import type { Driver } from '../../driver/driver.ts';
import { ALLOCATOR_RULES, AllocatorFlaw, type AllocatorRule } from './allocator-flaw.ts';
import { AllocatorModel, type AllocatorModelOptions } from './allocator-model.ts';
import { type AllocatorStep, stepArbitrary, takeSteps } from './allocator-steps.ts';

const EXHAUSTING_BYTES = [4096, 65_536] as const; // small blocks first: a small heap shows more with them

export interface AllocatorCheck extends AllocatorModelOptions {
  readonly seed?: number; // another seed tries other sequences; default 1
  readonly runs?: number; // how many sequences; default 300
  readonly steps?: number; // the most calls in a sequence; default 30
  readonly largest?: number; // bytes of the largest block asked for; default 4096
  readonly onProgress?: (run: number) => void;
}

/** A rule that was broken, and the shortest way there. */
export interface FoundFlaw {
  readonly rule: AllocatorRule;
  readonly message: string;
  readonly steps: readonly AllocatorStep[];
  readonly log: readonly string[]; // the calls of those steps and their results
  readonly script: readonly string[]; // the same as calls of an AllocatorModel
}

export interface AllocatorReport {
  readonly seed: number;
  readonly runs: number; // sequences that were tried, without those of shrinking
  readonly calls: number;
  readonly rules: readonly AllocatorRule[];
  readonly seenAlignment: number; // the largest power of two that all results were multiples of; 0: no results
  readonly flaw?: FoundFlaw;
}

/** Thrown by `checkAllocator`; the message tells the sequence and the seed. */
export class AllocatorCheckError extends Error {
  readonly report: AllocatorReport;

  constructor(report: AllocatorReport, flaw: FoundFlaw) {
    const lines = flaw.log.map((line, index) => `  ${index + 1}. ${line}`);
    super([`${flaw.rule}: ${flaw.message}`, ...lines, `seed ${report.seed}`].join('\n'));
    this.name = 'AllocatorCheckError';
    this.report = report;
  }
}

/**
 * Calls a guest's allocator in random sequences, each from where the guest is now, and holds every result against a
 * small model. Errors: AllocatorCheckError with the shortest sequence that breaks a rule.
 */
export async function checkAllocator(check: AllocatorCheck): Promise<AllocatorReport> {
  const report = await exploreAllocator(check);
  if (report.flaw !== undefined) throw new AllocatorCheckError(report, report.flaw);
  return report;
}

/** The same; a flaw is part of the report. */
export async function exploreAllocator(check: AllocatorCheck): Promise<AllocatorReport> {
  const { seed = 1, rules = ALLOCATOR_RULES } = check;
  const search = new Search(check);
  const flaw = (await search.sequences(seed)) ?? (await search.exhaustion()) ?? search.nothingGiven();
  const { runs, calls, seenAlignment } = search;
  return { seed, runs, calls, rules, seenAlignment, ...(flaw === undefined ? {} : { flaw }) };
}

class Search {
  readonly #check: AllocatorCheck;
  #addressBits = 0;
  runs = 0;
  calls = 0;

  constructor(check: AllocatorCheck) {
    this.#check = check;
  }

  get seenAlignment(): number {
    return (this.#addressBits & -this.#addressBits) >>> 0;
  }

  /** The shortest sequence that fast-check finds to break a rule. */
  async sequences(seed: number): Promise<FoundFlaw | undefined> {
    const fc = await import('fast-check');
    const { runs = 300, steps: maxLength = 30, largest = 4096, onProgress } = this.#check;
    const sequence = fc.array(stepArbitrary(fc, this.#check, largest), { minLength: 1, maxLength, size: 'max' });
    let isShrinking = false;
    const property = fc.asyncProperty(sequence, async (steps) => {
      if (!isShrinking) this.runs++;
      onProgress?.(this.runs);
      const flaw = await this.#tryOut(steps);
      if (flaw === undefined) return true;
      isShrinking = true;
      return false;
    });
    const { counterexample } = await fc.check(property, { numRuns: runs, seed });
    return counterexample === null ? undefined : this.#tryOut(counterexample[0]);
  }

  /** Takes all memory there is, once in small blocks and once in large ones. */
  async exhaustion(): Promise<FoundFlaw | undefined> {
    const { rules = ALLOCATOR_RULES } = this.#check;
    if (!rules.includes('exhaustion')) return undefined;
    for (const bytes of EXHAUSTING_BYTES) {
      const flaw = await this.#tryOut([{ kind: 'exhaust', bytes }]);
      if (flaw !== undefined) return flaw;
    }
    return undefined;
  }

  /** An allocator that always refuses breaks no other rule. */
  nothingGiven(): FoundFlaw | undefined {
    if (this.#addressBits !== 0) return undefined;
    return { rule: 'exhaustion', message: 'no call gave any memory', steps: [], log: [], script: [] };
  }

  #tryOut(steps: readonly AllocatorStep[]): Promise<FoundFlaw | undefined> {
    return this.#check.driver.fork((driver) => this.#play(driver, steps));
  }

  async #play(driver: Driver, steps: readonly AllocatorStep[]): Promise<FoundFlaw | undefined> {
    const model = new AllocatorModel({ ...this.#check, driver });
    const script: string[] = [];
    try {
      await takeSteps(model, steps, script);
      return undefined;
    } catch (error) {
      if (!(error instanceof AllocatorFlaw)) throw error;
      return { rule: error.rule, message: error.message, steps, log: model.log, script };
    } finally {
      this.calls += model.calls;
      this.#addressBits |= model.addressBits;
    }
  }
}
