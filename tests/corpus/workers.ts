import { type ChildProcess, fork } from 'node:child_process';
import type { GateJob, GateResult } from './gate.ts';

/** What a worker answers to a job: one of the two. */
export interface Reply {
  readonly result?: GateResult;
  readonly failure?: string;
}

/** Processes that gate kernels, each one at a time. */
export class Workers {
  private readonly idle: ChildProcess[];
  private readonly all: readonly ChildProcess[];
  private readonly waiting: ((worker: ChildProcess) => void)[] = [];

  /** `script` is the bundled worker.ts; `folder` holds the goldens of this run. */
  constructor(script: string, folder: string, count: number) {
    this.all = Array.from({ length: count }, () => fork(script, [folder]));
    this.idle = [...this.all];
  }

  async gate(job: GateJob): Promise<GateResult> {
    const worker = this.idle.pop() ?? (await new Promise<ChildProcess>((resolve) => this.waiting.push(resolve)));
    try {
      return await ask(worker, job);
    } finally {
      const next = this.waiting.shift();
      if (next === undefined) this.idle.push(worker);
      else next(worker);
    }
  }

  close(): void {
    for (const worker of this.all) worker.disconnect();
  }
}

function ask(worker: ChildProcess, job: GateJob): Promise<GateResult> {
  return new Promise((resolve, reject) => {
    const ended = (code: number | null): void => reject(new Error(`a worker ended with ${code} at ${job.image}`));
    worker.once('exit', ended);
    worker.once('message', (reply: Reply) => {
      worker.off('exit', ended);
      if (reply.result === undefined) reject(new Error(`${job.image}: ${reply.failure}`));
      else resolve(reply.result);
    });
    worker.send(job);
  });
}
