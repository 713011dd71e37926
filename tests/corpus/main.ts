import { join } from 'node:path';
import { benignChanges } from './benign.ts';
import { type BuildCache, build } from './build.ts';
import type { Change } from './change.ts';
import { CommandError } from './command.ts';
import { areAsRequired, figuresOf } from './figures.ts';
import { GUESTS, type Guest, guestOf } from './guests.ts';
import type { Judged } from './judged.ts';
import { regressions } from './regressions.ts';
import { renderJson, renderText } from './report.ts';
import { ROOT } from './root.ts';
import { toolchainVersions } from './toolchain.ts';
import { Workers } from './workers.ts';

const PROCESSES = 2;
const USAGE = `usage: npm run corpus -- [--json] [NAME...]
  NAME  part of "guest/change": only those are judged
`;

/** Judges the corpus and prints the outcome; `folder` is this run's own. Returns the exit code. */
export async function main(args: readonly string[], folder: string): Promise<number> {
  const unknown = args.filter((each) => each.startsWith('-') && each !== '--json');
  if (unknown.length > 0) {
    process.stderr.write(USAGE);
    return 2;
  }
  const names = args.filter((each) => each !== '--json');
  try {
    const all = await judgeAll(changesNamed(names), folder);
    process.stdout.write(args.includes('--json') ? renderJson(all) : renderText(all));
    return areAsRequired(figuresOf(all)) ? 0 : 1;
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return 2;
  }
}

function changesNamed(names: readonly string[]): readonly Change[] {
  const guests = GUESTS.map(({ name }) => name);
  const all = [...regressions(), ...benignChanges()].filter(({ guest }) => guests.includes(guest));
  if (names.length === 0) return all;
  const chosen = all.filter(({ guest, name }) => names.some((each) => `${guest}/${name}`.includes(each)));
  if (chosen.length === 0) throw new CommandError(`no change is called ${names.join(' or ')}`);
  return chosen;
}

/** Builds and gates every change, two at a time, after the bases have got their goldens. */
async function judgeAll(changes: readonly Change[], folder: string): Promise<readonly Judged[]> {
  const cache = { folder: join(ROOT, '.gilt/corpus/builds'), toolchain: await toolchainVersions(ROOT) };
  const workers = new Workers(join(folder, 'bundle/worker.js'), folder, PROCESSES);
  const guests = GUESTS.filter(({ name }) => changes.some(({ guest }) => guest === name));
  try {
    const bases = new Map(
      await inParallel(guests, async (guest) => [guest.name, await makeBase(guest, cache, workers)]),
    );
    let done = 0;
    return await inParallel(changes, async (change) => {
      const judged = await judgeOne(change, bases.get(change.guest), cache, workers);
      done++;
      process.stderr.write(`${done} of ${changes.length}  ${progressOf(judged)}\n`);
      return judged;
    });
  } finally {
    workers.close();
  }
}

/** Builds the guest as it is, blesses it for this run and returns its digest. Errors: CommandError. */
async function makeBase({ name, sources, image }: Guest, cache: BuildCache, workers: Workers): Promise<string> {
  const built = await build({ sources, image, steps: [] }, cache);
  const { exitCode, errors } = await workers.gate({ guest: name, ...built, masks: [], isBase: true });
  if (exitCode === 0) return built.sha256;
  throw new CommandError(`${name} differs from the golden that was just made of it; ${errors.join('; ')}`);
}

async function judgeOne(
  change: Change,
  base: string | undefined,
  cache: BuildCache,
  workers: Workers,
): Promise<Judged> {
  try {
    const { sources, image } = guestOf(change.guest);
    const built = await build({ sources, image, steps: change.steps }, cache);
    if (built.sha256 === base) return { kind: 'failed', change, failure: 'it leaves every byte of its base alone' };
    const masks = change.label === 'benign' ? (change.masks ?? []) : [];
    const result = await workers.gate({ guest: change.guest, ...built, masks, isBase: false });
    return { kind: 'judged', change, result };
  } catch (error) {
    return { kind: 'failed', change, failure: messageOf(error) };
  }
}

function progressOf(judged: Judged): string {
  const outcome =
    judged.kind === 'failed' ? judged.failure : ['same', 'differs', 'cannot tell'][judged.result.exitCode];
  return `${judged.change.guest}/${judged.change.name}  ${outcome}`;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The results in the order of the items, however long each takes. */
async function inParallel<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
): Promise<readonly Result[]> {
  const results: Result[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < items.length) {
      const index = next++;
      results[index] = await work(items[index]);
    }
  };
  await Promise.all(Array.from({ length: PROCESSES }, worker));
  return results;
}
