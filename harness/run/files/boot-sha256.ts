import type { TraceFile } from '../../../traces/index.ts';
import { sha256Of } from './carried-file.ts';

/** What a machine boots from in one hash: the image's own, or one over all files where there are more. Symbols aside. */
export function bootSha256(files: readonly Pick<TraceFile, 'role' | 'name' | 'sha256'>[]): string | undefined {
  const booted = files.filter(({ role }) => role !== 'symbols');
  if (booted.length === 1) return booted[0].sha256;
  const named = booted.map(({ role, name, sha256 }) => [role, role === 'drive' ? name : '', sha256]);
  return booted.length === 0 ? undefined : sha256Of(new TextEncoder().encode(JSON.stringify(named)));
}
