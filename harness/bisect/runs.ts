import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { OperatingError } from '../../emulator/index.ts';
import { TraceError } from '../../traces/index.ts';
import { type ContentStore, sha256, sha256Of } from '../commits/content-store.ts';
import type { Kernel, Kernels } from '../commits/kernels.ts';
import type { AcceptedCause } from '../compare/index.ts';
import type { LensLevels } from '../config/config.ts';
import type { Project } from '../config/load-config.ts';
import type { GoldenStore } from '../golden/store.ts';
import { LENS_NAMES, type LensName, makeRunView, type RunView } from '../lenses/index.ts';
import { describeUnmet } from '../run/describe/describe-unmet.ts';
import { loadBootFiles } from '../run/files/boot-files.ts';
import { writeFileWhole } from '../run/files/output-file.ts';
import { type MemoryRecording, recordInMemory } from '../run/record-scenario.ts';
import { fileWithWrites } from '../run/regenerate.ts';
import { openWholeTrace } from '../run/trace/open-trace.ts';
import { viewConfigOf } from '../run/view-config.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { SymbolsError } from '../symbols/index.ts';
import { GENERATOR } from '../version.ts';
import { fingerprintOf } from './fingerprint.ts';

/** A scenario of the user's checkout, and what its file and all that it imports come to. */
export interface Question {
  readonly scenario: Scenario;
  readonly digest: string;
  readonly levels: LensLevels; // what to look at
}

/** A scenario's run of some kernel. `id` is equal for runs that can't differ. */
export interface Run {
  readonly kind: 'run';
  readonly id: string;
  readonly trace: string; // the path
  readonly unmet: string | undefined; // the wait that ended the scenario before its time, in words
  readonly fingerprints: Fingerprints;
  readonly accepted: readonly AcceptedCause[]; // of a golden run: what was blessed alone beside it
}

export type Fingerprints = Readonly<Record<LensName, string>>;

/** A run, or why the kernel can't be judged by this scenario. */
export type RunOrNot = Run | { readonly kind: 'unbootable'; readonly reason: string };

interface RunRecord {
  readonly unmet: string;
  readonly fingerprints: Fingerprints;
}

/** Runs of scenarios. A run that was made once, now or by an earlier command, isn't made again. */
export class Runs {
  readonly #folder: string;
  readonly #store: ContentStore;
  readonly #project: Project;
  readonly #kernels: Kernels;
  readonly #known = new Map<string, RunOrNot>();

  /** `folder` is where traces are kept. */
  constructor(folder: string, store: ContentStore, project: Project, kernels: Kernels) {
    this.#folder = folder;
    this.#store = store;
    this.#project = project;
    this.#kernels = kernels;
  }

  /** Errors: OperatingError when traces can't be written. */
  async of(kernel: Kernel, question: Question): Promise<RunOrNot> {
    const id = this.#idOf(kernel, question);
    const known = this.#known.get(id) ?? this.#stored(id) ?? (await this.#record(id, kernel, question));
    this.#known.set(id, known);
    return known;
  }

  /** A golden run. Errors: OperatingError, TraceError. */
  async ofGolden(store: GoldenStore, question: Question): Promise<Run> {
    const { name } = question.scenario;
    const id = sha256(readFileSync(store.traceFile(name)));
    const trace = await fileWithWrites(store.traceFile(name), this.#traceOf(id));
    const fingerprints = this.#fingerprintsOf(trace, question);
    return { kind: 'run', id, trace, unmet: undefined, fingerprints, accepted: store.accepted(name) };
  }

  viewOf({ trace }: { readonly trace: string }, { scenario }: Question): RunView {
    return makeRunView(openWholeTrace(trace).reader, viewConfigOf(this.#project.config, scenario));
  }

  #idOf({ image, symbols = '', further = {} }: Kernel, { scenario, digest, levels }: Question): string {
    const {
      image: _image,
      symbols: _symbols,
      scenarios: _scenarios,
      golden: _golden,
      ...config
    } = this.#project.config;
    return sha256Of([
      GENERATOR,
      scenario.name,
      digest,
      JSON.stringify(config),
      JSON.stringify(levels),
      image,
      symbols,
      ...Object.entries(further).flat(),
    ]);
  }

  #stored(id: string): Run | undefined {
    const record = this.#store.record('runs', id, isRunRecord);
    const trace = this.#traceOf(id);
    if (record === undefined || !existsSync(trace)) return undefined;
    try {
      openWholeTrace(trace);
    } catch (error) {
      if (error instanceof TraceError || error instanceof OperatingError) return undefined; // made again instead
      throw error;
    }
    return runOf(id, trace, record);
  }

  async #record(id: string, kernel: Kernel, question: Question): Promise<RunOrNot> {
    const recorded = await this.#boot(kernel, question);
    if ('kind' in recorded) return recorded;
    const trace = this.#traceOf(id);
    writeFileWhole(trace, recorded.bytes);
    const { unmet } = recorded.recording;
    const record = {
      unmet: unmet === undefined ? '' : describeUnmet(unmet),
      fingerprints: this.#fingerprintsOf(trace, question),
    };
    this.#store.keepRecord('runs', id, record);
    return runOf(id, trace, record);
  }

  async #boot(kernel: Kernel, { scenario }: Question): Promise<MemoryRecording | (RunOrNot & { kind: 'unbootable' })> {
    const { folder, config } = this.#project;
    try {
      const boot = loadBootFiles({ folder, config, ...this.#kernels.filesOf(kernel) });
      return await recordInMemory(this.#project, boot, scenario, { engine: 'forms' });
    } catch (error) {
      if (!(error instanceof OperatingError || error instanceof SymbolsError)) throw error;
      return { kind: 'unbootable', reason: `${scenario.name}: ${error.message}` };
    }
  }

  #fingerprintsOf(trace: string, question: Question): Fingerprints {
    const view = this.viewOf({ trace }, question);
    const fingerprint = (lens: LensName) => fingerprintOf(view, lens, question.levels[lens] ?? 'behaviour');
    const each = LENS_NAMES.map((lens) => [lens, fingerprint(lens)] as const);
    return Object.fromEntries(each) as Record<LensName, string>;
  }

  #traceOf(id: string): string {
    return join(this.#folder, `${id}.msgpack`);
  }
}

function runOf(id: string, trace: string, { unmet, fingerprints }: RunRecord): Run {
  return { kind: 'run', id, trace, fingerprints, unmet: unmet === '' ? undefined : unmet, accepted: [] };
}

function isRunRecord(value: unknown): value is RunRecord {
  if (typeof value !== 'object' || value === null) return false;
  const { unmet, fingerprints }: { unmet?: unknown; fingerprints?: unknown } = value;
  if (typeof unmet !== 'string' || typeof fingerprints !== 'object' || fingerprints === null) return false;
  const entries = new Map(Object.entries(fingerprints));
  return LENS_NAMES.every((lens) => typeof entries.get(lens) === 'string');
}
