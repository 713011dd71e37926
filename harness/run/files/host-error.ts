import { OperatingError } from '../../../emulator/index.ts';

const EXPLANATIONS: { readonly [Code in string]?: string } = {
  ENOENT: 'no such file or folder',
  EACCES: 'permission denied',
  EPERM: 'not permitted',
  EROFS: 'the file system is read-only',
  ENOSPC: 'no space left on the device',
  EDQUOT: 'disk quota exceeded',
  ENOTDIR: 'a part of this path is a file, not a folder',
  EISDIR: 'is a folder',
  EEXIST: 'a file is where a folder should be',
  EMFILE: 'too many open files',
  EIO: 'input/output error',
};

/** A file system error as an OperatingError that names `path`; anything else is returned as it is. */
export function hostError(path: string, error: unknown): unknown {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return error;
  if (!('syscall' in error)) return error;
  return new OperatingError(path, EXPLANATIONS[error.code] ?? `${error.code}: ${error.message}`, { cause: error });
}
