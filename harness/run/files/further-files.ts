import { basename, resolve } from 'node:path';
import { BOOT_IMAGE, type BootSource, OperatingError } from '../../../emulator/index.ts';
import type { MachineChoice } from '../../config/config.ts';
import { type CarriedFile, carry } from './carried-file.ts';

type Role = Exclude<CarriedFile['role'], 'image' | 'symbols'>;

/** A further file as a machine's choice names it. */
export interface NamedFile {
  readonly role: Role;
  readonly path: string; // as written
  readonly field: string; // where it is written, for messages
}

const MOST_MODULES = 32; // of the 64 files that a trace carries at most

/** The further files that a machine boots from, in the order in which a trace lists them. Errors: OperatingError. */
export function furtherFilesOf({ modules = [], drives = [], bios, vgaBios }: MachineChoice): readonly NamedFile[] {
  if (modules.length > MOST_MODULES) {
    throw new OperatingError('machine.modules', `there are ${modules.length}; at most ${MOST_MODULES} are supported`);
  }
  if (bios === undefined && vgaBios !== undefined) throw new OperatingError('machine.vgaBios', 'belongs to a bios');
  const named = (role: Role, path: string | undefined, field: string): readonly NamedFile[] =>
    path === undefined ? [] : [{ role, path, field: `machine.${field}` }];
  return [
    ...modules.flatMap(({ file }, index) => named('module', file, `modules[${index}]`)),
    ...drives.flatMap(({ image }, index) => (image === BOOT_IMAGE ? [] : named('drive', image, `drives[${index}]`))),
    ...named('rom', bios, 'bios'),
    ...named('vga-rom', vgaBios, 'vgaBios'),
  ];
}

/** Where further files are: in a folder, but for those that lie elsewhere, by the paths as written. */
export interface FurtherPlace {
  readonly folder?: string; // default: the current one
  readonly furtherAt?: Readonly<Record<string, string>>;
}

/** Reads further files, each once: all that boot with one of these get the same bytes, whatever becomes of the file. */
export class FurtherFiles {
  readonly #place: FurtherPlace;
  readonly #read = new Map<string, CarriedFile>();

  constructor(place: FurtherPlace) {
    this.#place = place;
  }

  /** Errors: OperatingError naming the file and where it is written. */
  carry(named: NamedFile): CarriedFile {
    const { role, path } = named;
    // A drive's name ties it to the spec, and a path as written doesn't depend on where the folder is.
    const name = role === 'drive' ? path : basename(path);
    const known = this.#read.get(path) ?? this.#first(named);
    this.#read.set(path, known);
    return { ...known, role, name };
  }

  #first({ role, path, field }: NamedFile): CarriedFile {
    const { folder = '.', furtherAt } = this.#place;
    try {
      return carry(role, new Map(Object.entries(furtherAt ?? {})).get(path) ?? resolve(folder, path), path);
    } catch (error) {
      if (!(error instanceof OperatingError)) throw error;
      throw new OperatingError(field, error.message, { cause: error });
    }
  }
}

/** The files of a machine as it boots from them. */
export function furtherSource(files: readonly CarriedFile[]): Omit<BootSource, 'disk'> {
  const of = (role: Role): readonly CarriedFile[] => files.filter((file) => file.role === role);
  const [rom] = of('rom');
  const [video] = of('vga-rom');
  return {
    modules: of('module').map(({ bytes }) => bytes),
    images: Object.fromEntries(of('drive').map(({ name, bytes }) => [name, bytes])),
    ...(rom === undefined
      ? {}
      : { rom: { name: rom.name, bios: rom.bytes, ...(video === undefined ? {} : { video: video.bytes }) } }),
  };
}
