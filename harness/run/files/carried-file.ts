import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { OperatingError } from '../../../emulator/index.ts';
import type { EmbeddedFile, FileRole } from '../../../traces/index.ts';
import { hostError } from './host-error.ts';

const LARGEST_BYTES = 512 * 1024 * 1024;

/** A file that a trace carries inside, so that the trace alone suffices to run again. */
export type CarriedFile = EmbeddedFile;

/** Reads a file whole. Errors: OperatingError naming the path, for one that isn't there or is too large. */
export function carry(role: FileRole, path: string, name: string): CarriedFile {
  const bytes = readWhole(path);
  return { role, name, sha256: sha256Of(bytes), bytes };
}

export function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function readWhole(path: string): Uint8Array {
  try {
    requireSize(path, statSync(path).size);
    return new Uint8Array(readFileSync(path));
  } catch (error) {
    throw hostError(path, error);
  }
}

function requireSize(path: string, sizeBytes: number): void {
  if (sizeBytes <= LARGEST_BYTES) return;
  throw new OperatingError(path, `too large: ${sizeBytes} bytes, at most ${LARGEST_BYTES} are supported`);
}
