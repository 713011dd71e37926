import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { OperatingError } from '../../emulator/index.ts';
import { decodePng, type Picture } from '../report/png.ts';
import { hostError } from '../run/files/host-error.ts';
import { writeFileWhole } from '../run/files/output-file.ts';
import { requireName } from './names.ts';
import type { GoldenStore } from './store.ts';

/** A golden that is one picture, `<folder>/<name>.png`. Errors: OperatingError naming the path. */
export class GoldenPicture {
  readonly file: string;
  private readonly store: GoldenStore;

  constructor(store: GoldenStore, name: string) {
    this.store = store;
    this.file = join(store.folder, `${requireName('screen', name)}.png`);
  }

  /** The picture; undefined where there is none. */
  load(): Picture | undefined {
    if (!existsSync(this.file)) return undefined;
    const bytes = this.read();
    try {
      return decodePng(bytes);
    } catch (error) {
      throw new OperatingError(this.file, `is damaged: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  /** Refuses when CI is set. */
  save(png: Uint8Array): void {
    this.store.requireWritable();
    writeFileWhole(this.file, png);
  }

  private read(): Uint8Array {
    try {
      return readFileSync(this.file);
    } catch (error) {
      throw hostError(this.file, error);
    }
  }
}
