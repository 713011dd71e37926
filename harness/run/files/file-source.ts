import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { OperatingError } from '../../../emulator/index.ts';
import type { ByteSource } from '../../../traces/index.ts';
import { hostError } from './host-error.ts';

/** A file that is read in pieces. Errors: OperatingError naming the path. */
export class FileSource implements ByteSource {
  readonly name: string;
  readonly path: string;
  readonly sizeBytes: number;
  readonly #descriptor: number;

  constructor(path: string) {
    this.name = path;
    this.path = path;
    try {
      this.#descriptor = openSync(path, 'r');
      const status = fstatSync(this.#descriptor);
      if (!status.isFile()) throw new OperatingError(path, 'is not a file');
      this.sizeBytes = status.size;
    } catch (error) {
      throw hostError(path, error);
    }
  }

  /** The `length` bytes at `offset`; fewer only where the file ends. */
  read(offset: number, length: number): Uint8Array {
    const bytes = new Uint8Array(Math.max(0, Math.min(length, this.sizeBytes - offset)));
    try {
      for (let filled = 0; filled < bytes.length; ) {
        const count = readSync(this.#descriptor, bytes, filled, bytes.length - filled, offset + filled);
        if (count === 0) throw new OperatingError(this.name, 'became shorter while it was read');
        filled += count;
      }
    } catch (error) {
      throw hostError(this.name, error);
    }
    return bytes;
  }

  close(): void {
    closeSync(this.#descriptor);
  }
}
