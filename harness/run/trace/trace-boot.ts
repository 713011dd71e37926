import { BOOT_IMAGE, type BootSource, type MachineSpec, OperatingError } from '../../../emulator/index.ts';
import { type CarriedFile, sha256Of } from '../files/carried-file.ts';
import { furtherSource } from '../files/further-files.ts';
import type { NamedTrace } from './open-trace.ts';

/** What a trace's machine boots from: the files that it carries. Errors: OperatingError, TraceError. */
export function traceBoot(trace: NamedTrace, spec: MachineSpec): BootSource {
  const disk = trace.reader.file('image');
  if (disk === undefined) throw new OperatingError(trace.name, 'carries no image, so it cannot be run again');
  const further = furtherFilesIn(trace);
  requireAll(trace, spec, further);
  return { disk, name: trace.name, ...furtherSource(further) };
}

function furtherFilesIn({ name, reader }: NamedTrace): readonly CarriedFile[] {
  return reader.files().flatMap(({ role, name: file, sha256 }, number) => {
    if (role === 'image' || role === 'symbols') return [];
    const bytes = reader.fileBytes(number);
    if (sha256Of(bytes) === sha256) return [{ role, name: file, sha256, bytes }];
    throw new OperatingError(name, `the ${role} ${file} in it has another sha256 than its header says`);
  });
}

/** The spec says how many modules there are, and what is in which drive. */
function requireAll({ name }: NamedTrace, spec: MachineSpec, further: readonly CarriedFile[]): void {
  const texts = spec.modules?.length ?? 0;
  const modules = further.filter(({ role }) => role === 'module').length;
  if (modules !== texts) throw new OperatingError(name, `carries ${modules} modules, and its spec names ${texts}`);
  const carried = further.filter(({ role }) => role === 'drive').map((file) => file.name);
  const drives = (spec.drives ?? []).map(({ image }) => image).filter((image) => image !== BOOT_IMAGE);
  const absent = drives.find((image) => !carried.includes(image));
  if (absent !== undefined) throw new OperatingError(name, `carries no ${absent}, which its spec has in a drive`);
  const stray = carried.find((file) => !drives.includes(file));
  if (stray !== undefined) throw new OperatingError(name, `carries ${stray} for a drive that its spec doesn't have`);
}
