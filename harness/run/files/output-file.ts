import { closeSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { ByteSink } from '../../../traces/index.ts';
import { hostError } from './host-error.ts';

/** The file operations an output file needs; node:fs by default. */
export interface FileOperations {
  mkdirSync(path: string, options: { readonly recursive: true }): unknown;
  openSync(path: string, flags: string): number;
  writeSync(descriptor: number, bytes: Uint8Array, offset: number, length: number): number;
  closeSync(descriptor: number): void;
  renameSync(from: string, to: string): void;
  rmSync(path: string, options: { readonly force: true }): void;
}

const HOST_FILES: FileOperations = { mkdirSync, openSync, writeSync, closeSync, renameSync, rmSync };

/**
 * A file that appears under its name only when it is complete: bytes go to a hidden file beside it, `commit` renames.
 * On any error the hidden file is removed and an OperatingError names the path.
 */
export class OutputFile implements ByteSink {
  readonly path: string;
  readonly #files: FileOperations;
  readonly #partial: string;
  #descriptor: number | undefined;
  #hasPartial = false;
  readonly #onExit = (): void => this.discard(); // an interrupted gilt leaves nothing half-written

  constructor(path: string, files: FileOperations = HOST_FILES) {
    this.path = path;
    this.#files = files;
    this.#partial = partialPath(path);
    this.#guard(() => {
      files.mkdirSync(dirname(path), { recursive: true });
      this.#descriptor = files.openSync(this.#partial, 'w');
      this.#hasPartial = true;
      process.once('exit', this.#onExit);
    });
  }

  /** For others that write to the file, while it is open. */
  get descriptor(): number {
    return this.#openDescriptor();
  }

  write(bytes: Uint8Array): void {
    this.#guard(() => {
      const descriptor = this.#openDescriptor();
      for (let offset = 0; offset < bytes.length; ) {
        offset += this.#files.writeSync(descriptor, bytes, offset, bytes.length - offset);
      }
    });
  }

  /** Closes the file and gives it its name, replacing an older one at once. */
  commit(): void {
    this.#guard(() => {
      const descriptor = this.#openDescriptor();
      this.#descriptor = undefined;
      this.#files.closeSync(descriptor);
      this.#files.renameSync(this.#partial, this.path);
      this.#hasPartial = false;
      process.removeListener('exit', this.#onExit);
    });
  }

  /** Forgets what was written. Harmless after `commit` or a second time. */
  discard(): void {
    const descriptor = this.#descriptor;
    this.#descriptor = undefined;
    if (descriptor !== undefined) this.#files.closeSync(descriptor);
    if (this.#hasPartial) this.#files.rmSync(this.#partial, { force: true });
    this.#hasPartial = false;
    process.removeListener('exit', this.#onExit);
  }

  #openDescriptor(): number {
    if (this.#descriptor === undefined) throw new Error(`${this.path} is already closed`);
    return this.#descriptor;
  }

  #guard(action: () => void): void {
    try {
      action();
    } catch (error) {
      this.discard();
      throw hostError(this.path, error);
    }
  }
}

/** Where the bytes of an output file are until it is complete. */
export function partialPath(path: string): string {
  return join(dirname(path), `.${basename(path)}.${process.pid}.partial`);
}

/** Writes a whole file the same way. Errors: OperatingError naming the path. */
export function writeFileWhole(path: string, content: Uint8Array | string): void {
  const file = new OutputFile(path);
  file.write(typeof content === 'string' ? new TextEncoder().encode(content) : content);
  file.commit();
}
