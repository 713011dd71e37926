import { OperatingError } from '../base/errors.ts';
import type { BootRequest } from './boot-request.ts';
import { screenFor, TEXT_SCREEN } from './boot-screen.ts';
import { isElf, readElf } from './elf-image.ts';
import { headerProblem } from './header-problem.ts';
import { Layout } from './layout.ts';
import type { BootPlan, Load } from './load.ts';
import { findMultiboot1 } from './multiboot1-header.ts';
import { MULTIBOOT1_ANSWER, placeMultiboot1 } from './multiboot1-info.ts';
import { findMultiboot2 } from './multiboot2-header.ts';
import { MULTIBOOT2_ANSWER, placeMultiboot2 } from './multiboot2-info.ts';

const MIB = 0x100000;

export interface KernelFile {
  readonly bytes: Uint8Array;
  readonly name: string; // for messages
  /** Where a file that doesn't say it itself belongs in memory, and begins. */
  readonly flatAt: number | undefined;
}

/** Is this a file that says itself how it wants to be loaded? */
export function isKernel(bytes: Uint8Array): boolean {
  if (isElf(bytes)) return true;
  try {
    return findMultiboot1(bytes, '')?.placement !== undefined || findMultiboot2(bytes, '')?.load !== undefined;
  } catch (error) {
    if (error instanceof OperatingError) return true; // it has a header, which planBoot finds fault with
    throw error;
  }
}

/**
 * What a boot loader does with a kernel: multiboot 2, multiboot 1, a plain ELF executable, or a flat image that is put
 * where the caller says. Errors: OperatingError naming the kernel for what can't be loaded.
 */
export function planBoot(file: KernelFile, request: BootRequest): BootPlan {
  if (file.flatAt !== undefined) return planFlat(file, file.flatAt, request);
  const { bytes, name } = file;
  const elf = isElf(bytes) ? readElf(bytes, name) : undefined;
  const second = findMultiboot2(bytes, name);
  const first = second === undefined ? findMultiboot1(bytes, name) : undefined;
  if (first === undefined && second === undefined) refuseBadHeader(file);
  const raw = first?.placement ?? (second?.load === undefined ? undefined : { load: second.load, entry: undefined });
  const loads: readonly Load[] = raw === undefined ? (elf?.loads ?? noWay(name)) : [raw.load];
  const entry = second?.entry ?? raw?.entry ?? elf?.entry ?? noEntry(name);
  const layout = new Layout(name, request.memoryBytes, loads);
  const video = first?.video ?? second?.video;
  const screen = screenFor(video, request.framebufferPhysical);
  const kernel = { bytes, name, sections: elf?.sections, screen, wantsVideo: video !== undefined };
  const begin = { mode: 'flat', entry, screen } as const;
  if (second !== undefined) {
    const ebx = placeMultiboot2(kernel, request, layout);
    return { ...begin, eax: MULTIBOOT2_ANSWER, ebx, loads: layout.loads };
  }
  if (first !== undefined) {
    const ebx = placeMultiboot1(kernel, request, layout);
    return { ...begin, eax: MULTIBOOT1_ANSWER, ebx, loads: layout.loads };
  }
  return { ...begin, eax: 0, ebx: 0, loads };
}

/** A flat image below 1 MiB begins in real mode, like a boot sector; one above in protected mode. */
function planFlat({ bytes, name }: KernelFile, physical: number, { memoryBytes }: BootRequest): BootPlan {
  const { loads } = new Layout(name, memoryBytes, [{ physical, bytes, sizeBytes: bytes.length }]);
  return { mode: physical < MIB ? 'real' : 'flat', entry: physical, eax: 0, ebx: 0, loads, screen: TEXT_SCREEN };
}

/** A kernel with a header that no boot loader would see hardly means to be booted without one. */
function refuseBadHeader({ bytes, name }: KernelFile): void {
  const problem = headerProblem(bytes);
  if (problem !== undefined) throw new OperatingError(name, problem);
}

function noWay(name: string): never {
  throw new OperatingError(name, 'neither an ELF file nor one whose multiboot header says where it belongs');
}

function noEntry(name: string): never {
  throw new OperatingError(name, 'its multiboot header does not say where it begins');
}
