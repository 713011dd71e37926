import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { EngineName } from '../../emulator/index.ts';
import type { Project } from '../config/load-config.ts';
import { GoldenStore } from '../golden/store.ts';
import type { ScenarioOutcome } from '../report/gate-outcome.ts';
import { type BootFiles, type BootPaths, loadBootFiles } from '../run/files/boot-files.ts';
import { partialPath } from '../run/files/output-file.ts';
import type { ScenarioFile } from '../scenario/find-scenarios.ts';
import { judge } from './judge.ts';
import { longestFirst } from './longest-first.ts';

/** What every thread of a gate needs. Plain data. */
export interface GateWork {
  readonly files: readonly ScenarioFile[];
  readonly project: Project;
  readonly bootPaths: BootPaths;
  readonly engine: EngineName;
  readonly isCi: boolean;
  readonly report: string;
  readonly shownFrom: string;
}

/** A thread's share: how many of `order` are taken is a counter that all threads have in common. */
export interface ThreadWork extends GateWork {
  readonly order: readonly number[]; // indexes of `files`
  readonly taken: Int32Array;
}

export interface JudgedFile {
  readonly index: number;
  readonly outcome: ScenarioOutcome;
}

/** How many threads help this one, and from when on: starting them costs more than a small gate takes. */
export interface Threads {
  readonly helpers: number;
  readonly delayMs: number;
}

type Progress = (scenario: string, icount: number) => void;

/**
 * Judges scenarios on several threads, of which this is one, and gives the outcomes in the order of the files. Errors:
 * OperatingError and SymbolsError for boot files that can't be used.
 */
export async function judgeAll(
  work: GateWork,
  threads: Threads,
  onProgress: Progress,
): Promise<readonly ScenarioOutcome[]> {
  const boot = loadBootFiles(work.bootPaths);
  const order = longestFirst(work.files, new GoldenStore(work.project.golden, work.isCi));
  const thread = { ...work, order, taken: new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)) };
  const outcomes = new Map<number, ScenarioOutcome>();
  const helpers = new Helpers(thread, threads, outcomes);
  const onExit = (): void => removePartial(work);
  process.once('exit', onExit);
  try {
    for await (const { index, outcome } of judgeShare(thread, boot, onProgress)) outcomes.set(index, outcome);
    await helpers.finished();
  } finally {
    await helpers.stop();
    process.removeListener('exit', onExit);
  }
  return [...outcomes].sort(([a], [b]) => a - b).map(([, outcome]) => outcome);
}

/** Judges one scenario after the other until all are taken. */
export async function* judgeShare(
  work: ThreadWork,
  boot: BootFiles,
  onProgress?: Progress,
): AsyncGenerator<JudgedFile> {
  const { files, order, taken, project, engine, report, shownFrom } = work;
  const store = new GoldenStore(project.golden, work.isCi);
  const options = {
    project,
    boot,
    engine,
    store,
    report,
    shownFrom,
    ...(onProgress === undefined ? {} : { onProgress }),
  };
  for (let next = Atomics.add(taken, 0, 1); next < order.length; next = Atomics.add(taken, 0, 1)) {
    const index = order[next];
    yield { index, outcome: await judge(files[index], options) };
  }
}

/** Other threads at the same work. */
class Helpers {
  readonly #work: ThreadWork;
  readonly #outcomes: Map<number, ScenarioOutcome>;
  readonly #workers: Worker[] = [];
  readonly #timer: NodeJS.Timeout | undefined;
  #failure: unknown;
  #wake = (): void => undefined;

  constructor(work: ThreadWork, { helpers, delayMs }: Threads, outcomes: Map<number, ScenarioOutcome>) {
    this.#work = work;
    this.#outcomes = outcomes;
    if (helpers > 0) this.#timer = setTimeout(() => this.#start(helpers), delayMs);
  }

  /** Resolves when every scenario has an outcome. Throws what went wrong in a thread. */
  async finished(): Promise<void> {
    while (this.#outcomes.size < this.#work.files.length && this.#failure === undefined) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    if (this.#failure !== undefined) throw this.#failure;
  }

  async stop(): Promise<void> {
    clearTimeout(this.#timer);
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }

  #start(wanted: number): void {
    const left = this.#work.files.length - Atomics.load(this.#work.taken, 0);
    for (let count = Math.min(wanted, left); count > 0; count--) {
      const worker = new Worker(WORKER, { workerData: this.#work });
      worker.on('message', ({ index, outcome }: JudgedFile) => {
        this.#outcomes.set(index, outcome);
        this.#wake();
      });
      worker.on('error', (error) => {
        this.#failure = error;
        this.#wake();
      });
      this.#workers.push(worker);
    }
  }
}

/** Whether this gilt has a file that another thread can run; from source it hasn't. */
export function canHelp(): boolean {
  return import.meta.url.endsWith('.js');
}

const WORKER = new URL('./judge-worker.js', import.meta.url);

// A thread that is stopped from outside, as an interrupted gate does it, tidies nothing up.
function removePartial({ files, report }: GateWork): void {
  for (const { name } of files) rmSync(partialPath(join(report, name, 'actual.msgpack')), { force: true });
}
