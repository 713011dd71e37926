import { type GateJob, gate } from './gate.ts';
import type { Reply } from './workers.ts';

// Gates one job after the other for the process that started this one.
const [folder] = process.argv.slice(2);
process.on('disconnect', () => process.exit()); // nobody is left to answer to
process.on('message', (job: GateJob) => {
  gate(job, folder).then(
    (result) => answer({ result }),
    (error: unknown) => answer({ failure: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
  );
});

function answer(reply: Reply): void {
  process.send?.(reply);
}
