import { type EngineName, Machine, type MachineSpec, OperatingError, withBytes } from '../../emulator/index.ts';
import type { TextScreen } from '../../traces/index.ts';
import { type CompareOptions, firstDifference, type RunFacts } from '../compare/index.ts';
import { type LensName, makeRunView } from '../lenses/index.ts';
import type { BootFiles } from '../run/files/boot-files.ts';
import { plainSpec, playScenario } from '../run/record.ts';
import { sameValue } from '../run/same-value.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { GENERATOR } from '../version.ts';
import { ForkPlayer } from './fork-player.ts';
import { type Fork, ForkRecorder } from './fork-recorder.ts';
import { InterposedMachine } from './interposed-machine.ts';
import type { Mutation } from './mutations.ts';
import { Tape } from './tape.ts';
import { TapeSource } from './tape-source.ts';

/** A mutant that takes so much longer than the unchanged run, or is quiet for so much longer, counts as one that hangs. */
const LIMIT_FACTOR = 2;
const LIMIT_EXTRA = 1_000_000;

/** What gave a mutant away: a lens, or that its run never got where the scenario wanted it. */
export type Witness = LensName | 'timeout' | 'scenario';

/** What one scenario says of a mutant. */
export type Trial =
  | { readonly kind: 'not-executed' }
  | { readonly kind: '16-bit' } // executed as 16-bit code, which isn't mutated
  | { readonly kind: 'unseen' } // executed, and no lens sees a difference
  | { readonly kind: 'killed'; readonly by: Witness };

/** What the gate compares with what. */
export interface Comparison {
  readonly golden: RunFacts; // kept
  readonly options: CompareOptions;
}

export interface TrialOptions {
  readonly scenario: Scenario;
  readonly boot: BootFiles;
  readonly spec: MachineSpec;
  readonly engine: EngineName;
  readonly comparison: Comparison;
}

/**
 * One scenario, run once as it is, with a snapshot before the first execution of each instruction that is to be mutated;
 * then from such a snapshot for each mutant.
 */
export class ScenarioTrial {
  readonly #options: TrialOptions;
  readonly #tape = new Tape();
  readonly #machine: Machine;
  readonly #recorder: ForkRecorder;
  readonly #screens = new Map<string, TextScreen>();
  #limit = 0;
  #quietLimit = 0;
  #sink: Tape = this.#tape;

  constructor(options: TrialOptions, mutations: readonly Mutation[]) {
    const { spec, boot, engine } = options;
    this.#options = options;
    const sink = {
      writes: (columns: Parameters<Tape['writes']>[0]) => this.#sink.writes(columns),
      event: (event: Parameters<Tape['event']>[0]) => this.#sink.event(event),
    };
    this.#machine = new Machine(spec, boot.source, { engine, sink });
    const wanted = new Map(mutations.map(({ linear, original }) => [linear, original]));
    this.#recorder = new ForkRecorder(this.#machine, this.#tape, wanted, boot.symbolsName ?? 'symbols');
  }

  /** The unchanged run. Errors: OperatingError when it isn't as its golden: then no mutant can be told from it. */
  async begin(): Promise<void> {
    const { scenario } = this.#options;
    const unmet = await playScenario(new InterposedMachine(this.#machine, this.#recorder), this.#options);
    if (unmet !== undefined || this.#witness(this.#tape) !== undefined) {
      throw new OperatingError(scenario.file, 'differs from its golden without any mutation; see gilt gate');
    }
    this.#limit = this.#machine.icount * LIMIT_FACTOR + LIMIT_EXTRA;
    this.#quietLimit = longestQuiet(this.#tape) * LIMIT_FACTOR + LIMIT_EXTRA;
    for (const event of this.#tape.events) if (event.kind === 'screen') this.#screens.set(event.name, event.screen);
  }

  async try(mutation: Mutation): Promise<Trial> {
    if (this.#recorder.in16BitCode.has(mutation.linear)) return { kind: '16-bit' };
    const fork = this.#recorder.forks.get(mutation.linear);
    if (fork === undefined) return { kind: 'not-executed' };
    const tape = new Tape(this.#tape, fork.tape);
    this.#sink = tape;
    const by =
      (await this.#play(mutation, fork, tape)) ?? (tape.isSameAs(this.#tape) ? undefined : this.#witness(tape));
    return by === undefined ? { kind: 'unseen' } : { kind: 'killed', by };
  }

  /** Runs a mutant; gives what ended it before its scenario did. */
  async #play(mutation: Mutation, fork: Fork, tape: Tape): Promise<Witness | undefined> {
    const { scenario } = this.#options;
    const changes = new Map(fork.physical.map((physical, i) => [physical, mutation.mutated[i]]));
    const player = new ForkPlayer(this.#machine, {
      answers: this.#recorder.answers,
      fork,
      start: withBytes(fork.snapshot, changes),
      limit: this.#limit,
      quietLimit: this.#quietLimit,
      tape,
      scenarioFile: scenario.file,
      differs: (name, screen) => this.#showsDifference(name, screen),
    });
    try {
      const unmet = await playScenario(new InterposedMachine(this.#machine, player), this.#options);
      return player.settled ?? (unmet === undefined ? undefined : 'scenario');
    } catch (error) {
      if (player.settled !== undefined) return player.settled;
      // A scenario that fails on what the mutant did can't be gated: the user would look.
      if (error instanceof OperatingError && player.isForked) return 'scenario';
      throw error;
    }
  }

  /** Nothing is masked on the screen, so one cell suffices. */
  #showsDifference(name: string, screen: TextScreen): boolean {
    const { golden, options } = this.#options.comparison;
    const hasMasks = golden.view.masks.some((mask) => mask.kind === 'cells' || mask.lens === 'screen');
    if (hasMasks || options.levels?.screen === 'off') return false;
    return !sameValue(screen, this.#screens.get(name));
  }

  /** The lens that tells a run from the golden one. */
  #witness(tape: Tape): LensName | undefined {
    const { scenario, spec, boot, comparison } = this.#options;
    const header = { scenario: scenario.name, spec: plainSpec(spec), generator: GENERATOR };
    const source = new TapeSource(tape, header, boot.files);
    const view = makeRunView(source, comparison.golden.view.config, boot.symbols);
    return firstDifference(comparison.golden, view, comparison.options);
  }
}

/** The most instructions between two events. */
function longestQuiet({ events }: Tape): number {
  return events.reduce((longest, { icount }, i) => Math.max(longest, icount - (events[i - 1]?.icount ?? 0)), 0);
}
