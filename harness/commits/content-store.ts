import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { writeFileWhole } from '../run/files/output-file.ts';

const NAME_DIGITS = 16; // of a sha256 that is checked in full whenever it matters

/** The sha256 of bytes or text, in hex. */
export function sha256(content: Uint8Array | string): string {
  return createHash('sha256').update(content).digest('hex');
}

/** One sha256 for a list of texts. */
export function sha256Of(parts: readonly string[]): string {
  return sha256(JSON.stringify(parts));
}

/**
 * What builds and runs came to, by what they came from, in a folder that may be deleted at any time. What isn't whole or
 * was tampered with counts as not there. Errors: OperatingError when it can't be written.
 */
export class ContentStore {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Keeps a file by its sha256, which it gives back. `name` is what people read in messages. */
  keepFile(name: string, bytes: Uint8Array): string {
    const digest = sha256(bytes);
    if (!this.hasFile(digest, name)) writeFileWhole(this.fileOf(digest, name), bytes);
    return digest;
  }

  hasFile(digest: string, name: string): boolean {
    const path = this.fileOf(digest, name);
    return existsSync(path) && sha256(readFileSync(path)) === digest;
  }

  /** Where the file of this sha256 is. */
  fileOf(digest: string, name: string): string {
    return join(this.#folder, 'files', digest.slice(0, NAME_DIGITS), name);
  }

  /** A small record under a key that somebody chose; `isWhole` says whether it is what it should be. */
  record<Value>(kind: string, key: string, isWhole: (value: unknown) => value is Value): Value | undefined {
    const path = this.#recordPath(kind, key);
    if (!existsSync(path)) return undefined;
    try {
      const value: unknown = JSON.parse(readFileSync(path, 'utf8'));
      return isWhole(value) ? value : undefined;
    } catch (error) {
      if (error instanceof SyntaxError) return undefined;
      throw error;
    }
  }

  keepRecord(kind: string, key: string, value: unknown): void {
    writeFileWhole(this.#recordPath(kind, key), `${JSON.stringify(value)}\n`);
  }

  forgetRecord(kind: string, key: string): void {
    rmSync(this.#recordPath(kind, key), { force: true });
  }

  #recordPath(kind: string, key: string): string {
    return join(this.#folder, kind, `${key}.json`);
  }
}
