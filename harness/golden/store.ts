import {
  closeSync,
  copyFileSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { OperatingError } from '../../emulator/index.ts';
import type { AcceptedCause } from '../compare/index.ts';
import { hostError } from '../run/files/host-error.ts';
import { writeFileWhole } from '../run/files/output-file.ts';
import { parseAccepted, renderAccepted } from './accepted-file.ts';
import { fileSha256 } from './file-sha256.ts';
import { isName, requireName } from './names.ts';

/** What makes a golden. `trace` is a finished recording, a file's path or bytes; pictures are PNG bytes by screen name. */
export interface GoldenContent {
  readonly trace: string | Uint8Array;
  readonly pictures: ReadonlyMap<string, Uint8Array>;
  readonly summary: string;
}

const TRACE = 'trace.msgpack';
const SUMMARY = 'summary.txt';
const ACCEPTED = 'accepted.json';
// Both are hidden, so that no scenario can have their name.
const incoming = (scenario: string) => `.incoming-${scenario}`;
const outgoing = (scenario: string) => `.outgoing-${scenario}`;

/**
 * The folder of blessed runs: `<folder>/<scenario>/` with trace.msgpack, a PNG per screen, summary.txt, and
 * accepted.json where causes were blessed alone. Only blessing writes. A golden is replaced as a whole folder, so a crash or a full disk leaves the old one.
 * Errors: OperatingError naming the path.
 */
export class GoldenStore {
  readonly folder: string;
  private readonly isCi: boolean;

  /** `isCi`: the environment has CI set, and nothing may be written. */
  constructor(folder: string, isCi: boolean) {
    this.folder = folder;
    this.isCi = isCi;
  }

  has(scenario: string): boolean {
    return existsSync(this.traceFile(scenario));
  }

  /** Where the golden trace of a scenario is, or would be. */
  traceFile(scenario: string): string {
    return join(this.goldenFolder(scenario), TRACE);
  }

  pictureFile(scenario: string, screen: string): string {
    return join(this.goldenFolder(scenario), `${requireName('screen', screen)}.png`);
  }

  /** Names of all scenarios with a golden, sorted. */
  scenarios(): readonly string[] {
    if (!existsSync(this.folder)) return [];
    return this.guard(this.folder, () => readdirSync(this.folder, { withFileTypes: true }))
      .filter((entry) => entry.isDirectory() && isName(entry.name) && this.has(entry.name))
      .map((entry) => entry.name)
      .sort();
  }

  /** Files in a golden that gilt didn't put there and that its next blessing would remove, sorted. */
  unknownFiles(scenario: string, screens: readonly string[]): readonly string[] {
    const folder = this.goldenFolder(scenario);
    if (!existsSync(folder)) return [];
    const known = new Set([TRACE, SUMMARY, ACCEPTED, ...screens.map((screen) => `${screen}.png`)]);
    return this.guard(folder, () => readdirSync(folder))
      .filter((name) => !known.has(name))
      .sort();
  }

  /** The text of a golden's summary; nothing where there is none. */
  summary(scenario: string): string {
    const file = join(this.goldenFolder(scenario), SUMMARY);
    return existsSync(file) ? this.guard(file, () => readFileSync(file, 'utf8')) : '';
  }

  /** The SHA-256 of a golden trace in hex; undefined where there is none. */
  traceSha256(scenario: string): string | undefined {
    if (!this.has(scenario)) return undefined;
    return fileSha256(this.traceFile(scenario));
  }

  /** How many bytes all files of a golden take. */
  sizeBytes(scenario: string): number {
    const folder = this.goldenFolder(scenario);
    return this.guard(folder, () =>
      readdirSync(folder).reduce((sum, each) => sum + statSync(join(folder, each)).size, 0),
    );
  }

  /** The causes that were blessed alone since this golden was made. */
  accepted(scenario: string): readonly AcceptedCause[] {
    const file = join(this.goldenFolder(scenario), ACCEPTED);
    if (!existsSync(file)) return [];
    const { goldenSha256, causes } = parseAccepted(
      file,
      this.guard(file, () => readFileSync(file, 'utf8')),
    );
    if (goldenSha256 === this.traceSha256(scenario)) return causes;
    throw new OperatingError(file, `belongs to another ${TRACE} than lies beside it; restore both, or bless again`);
  }

  /** Blesses causes alone: they are listed beside the golden trace. Refuses when CI is set. */
  accept(scenario: string, causes: readonly AcceptedCause[]): void {
    this.requireWritable();
    const goldenSha256 = this.traceSha256(scenario);
    const file = join(this.goldenFolder(scenario), ACCEPTED);
    if (goldenSha256 === undefined) throw new OperatingError(file, 'there is no golden that this could be added to');
    writeFileWhole(file, renderAccepted({ goldenSha256, causes: [...this.accepted(scenario), ...causes] }));
  }

  /** Removes a golden. Refuses when CI is set. */
  remove(scenario: string): void {
    this.requireWritable();
    const folder = this.goldenFolder(scenario);
    this.guard(folder, () => rmSync(folder, { recursive: true, force: true }));
  }

  /** Puts a new golden in the place of the old one. Refuses when CI is set. */
  replace(scenario: string, content: GoldenContent): void {
    requireName('scenario', scenario);
    this.requireWritable();
    const target = join(this.folder, scenario);
    const source = join(this.folder, incoming(scenario));
    const old = join(this.folder, outgoing(scenario));
    try {
      this.guard(target, () => {
        this.recover(scenario);
        rmSync(source, { recursive: true, force: true });
        mkdirSync(source, { recursive: true });
        writeContent(source, content);
        if (existsSync(target)) renameSync(target, old);
        renameSync(source, target);
        rmSync(old, { recursive: true, force: true });
      });
    } catch (error) {
      this.undo(scenario);
      throw error;
    }
  }

  /** Errors: OperatingError when CI is set. */
  requireWritable(): void {
    if (!this.isCi) return;
    throw new OperatingError(this.folder, 'goldens are not written with CI set: bless on your machine and commit');
  }

  // Between the two renames there is a moment without a golden; whoever looks next puts the old one back.
  private recover(scenario: string): void {
    const target = join(this.folder, scenario);
    const old = join(this.folder, outgoing(scenario));
    if (!existsSync(old)) return;
    if (existsSync(target)) rmSync(old, { recursive: true, force: true });
    else renameSync(old, target);
  }

  private undo(scenario: string): void {
    this.guard(join(this.folder, scenario), () => {
      this.recover(scenario);
      rmSync(join(this.folder, incoming(scenario)), { recursive: true, force: true });
    });
  }

  private goldenFolder(scenario: string): string {
    const folder = join(this.folder, requireName('scenario', scenario));
    const old = join(this.folder, outgoing(scenario));
    // An interrupted blessing: reading must not write, so the old golden is read where it was put aside.
    return !existsSync(folder) && existsSync(old) ? old : folder;
  }

  private guard<Result>(path: string, action: () => Result): Result {
    try {
      return action();
    } catch (error) {
      throw hostError(path, error);
    }
  }
}

function writeContent(folder: string, { trace, pictures, summary }: GoldenContent): void {
  if (typeof trace === 'string') copyFileSync(trace, join(folder, TRACE));
  else writeFileSync(join(folder, TRACE), trace);
  flush(join(folder, TRACE));
  for (const [screen, png] of pictures) {
    const file = join(folder, `${requireName('screen', screen)}.png`);
    writeFileSync(file, png);
    flush(file);
  }
  writeFileSync(join(folder, SUMMARY), summary);
  flush(join(folder, SUMMARY));
}

// Renaming a folder whose files aren't on the disk yet could leave empty files after a power cut.
function flush(file: string): void {
  const descriptor = openSync(file, 'r+');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
