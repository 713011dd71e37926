import { checkArray, checkCount, checkText, checkTuple } from '../encoding/check.ts';
import type { Packable } from '../encoding/codec.ts';
import { decodePlain, encodePlain, type PlainValue } from '../encoding/plain.ts';
import { MalformedTrace } from '../error.ts';
import { MAX_FILE_BYTES, MAX_FILES } from '../format.ts';

/** What a file is for. A trace carries one of a role at most, but modules and further drives. */
const FILE_ROLES = ['image', 'symbols', 'module', 'drive', 'rom', 'vga-rom'] as const;
export type FileRole = (typeof FILE_ROLES)[number];

const REPEATED_ROLES: readonly FileRole[] = ['module', 'drive'];

/** A file that the trace carries inside. `sha256` is 64 lower-case hex digits, as the caller gave them. */
export interface TraceFile {
  readonly role: FileRole;
  readonly name: string;
  readonly sha256: string;
  readonly sizeBytes: number;
}

/** What was recorded: with the embedded files and the inputs among the events, enough to run it again. */
export interface TraceHeader {
  readonly scenario: string;
  readonly spec: Readonly<Record<string, PlainValue>>;
  readonly generator: string; // program and version, "gilt 0.1.0"
  readonly files: readonly TraceFile[];
}

/** [scenario, spec, generator, [[role, name, sha256, size], ...]] */
export function encodeHeader(header: TraceHeader): Packable {
  const files = header.files.map((file) => [FILE_ROLES.indexOf(file.role), file.name, file.sha256, file.sizeBytes]);
  return [header.scenario, encodePlain(header.spec), header.generator, files];
}

/** Checks everything, so the writer runs its own header through it too. */
export function decodeHeader(value: unknown): TraceHeader {
  const [scenario, spec, generator, files] = checkTuple(value, 4, 'the header');
  const decoded = decodePlain(spec);
  if (typeof decoded !== 'object' || Array.isArray(decoded) || decoded instanceof Uint8Array) {
    throw new MalformedTrace('the machine spec in the header should be a map');
  }
  return {
    scenario: checkText(scenario, 'the scenario name'),
    spec: decoded as Readonly<Record<string, PlainValue>>,
    generator: checkText(generator, 'the generator'),
    files: decodeFiles(files),
  };
}

function decodeFiles(value: unknown): readonly TraceFile[] {
  const items = checkArray(value, 'the files in the header');
  if (items.length > MAX_FILES) throw new MalformedTrace(`the header names more than ${MAX_FILES} files`);
  const files = items.map(decodeFile);
  checkRoles(files);
  return files;
}

function checkRoles(files: readonly TraceFile[]): void {
  const roles = files.map(({ role }) => role);
  const single = roles.filter((role) => !REPEATED_ROLES.includes(role));
  if (new Set(single).size !== single.length) throw new MalformedTrace('the header names two files of one role');
  const drives = files.filter(({ role }) => role === 'drive').map(({ name }) => name);
  if (new Set(drives).size !== drives.length) throw new MalformedTrace('the header names two drives alike');
  if (roles.includes('vga-rom') && !roles.includes('rom')) {
    throw new MalformedTrace('the header names the ROM of a VGA, and no ROM that it belongs to');
  }
}

function decodeFile(value: unknown): TraceFile {
  const [role, name, sha256, sizeBytes] = checkTuple(value, 4, 'a file in the header');
  const digest = checkText(sha256, "a file's sha256");
  if (!/^[0-9a-f]{64}$/.test(digest)) throw new MalformedTrace("a file's sha256 should be 64 lower-case hex digits");
  return {
    role: FILE_ROLES[checkCount(role, FILE_ROLES.length - 1, "a file's role")],
    name: checkText(name, "a file's name"),
    sha256: digest,
    sizeBytes: checkCount(sizeBytes, MAX_FILE_BYTES, "a file's size"),
  };
}
