import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { hostError } from '../run/files/host-error.ts';

/** The SHA-256 of a file in hex; undefined where there is none. Errors: OperatingError naming the path. */
export function fileSha256(path: string): string | undefined {
  try {
    return createHash('sha256').update(readFileSync(path)).digest('hex');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw hostError(path, error);
  }
}
