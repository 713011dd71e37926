/** A file that a boot loader puts into memory beside the kernel. */
export interface BootModule {
  readonly bytes: Uint8Array;
  /** What the kernel reads about it: usually its name and arguments. */
  readonly text: string;
}

export interface MapEntry {
  readonly first: number;
  readonly sizeBytes: number;
  readonly type: number; // 1 is usable, as in int 15h/E820h
}

/** What the firmware has to tell about the machine, and whoever boots about the run. */
export interface BootRequest {
  readonly commandLine: string;
  readonly modules: readonly BootModule[];
  readonly memoryBytes: number;
  readonly map: readonly MapEntry[];
  readonly lowerKib: number; // usable RAM from 0
  readonly upperKib: number; // and from 1 MiB
  readonly acpiRootPointer: Uint8Array | undefined; // RSDP of ACPI 1.0
  readonly framebufferPhysical: number; // of a graphics mode
}

/** The screen that a kernel finds. */
export interface BootScreen {
  readonly isText: boolean;
  readonly physical: number;
  readonly width: number; // in pixels or columns
  readonly height: number;
  readonly depth: number; // bits a pixel or cell
  readonly pitchBytes: number;
}

export const BOOT_LOADER_NAME = 'gilt';
