/**
 * The event vocabulary: what a recording can contain. Types only; a leaf that imports nothing.
 *
 * Every event is placed by `icount` (instructions retired before the one that caused it) and by `writes`
 * (memory writes recorded before it), which together put events and writes into one total order.
 */

/** Who made a memory write. The index in this list is the number stored in a trace. */
export const WRITE_ORIGINS = [
  'instruction',
  'interrupt-frame',
  'task-switch',
  'descriptor', // accessed and busy bits that the processor sets in descriptors
  'page-walk', // accessed and dirty bits that the page walk sets in PDEs and PTEs
  'dma',
  'firmware',
  'input', // the scenario itself wrote guest memory
] as const;
export type WriteOrigin = (typeof WRITE_ORIGINS)[number];

/** One memory write. Addresses are unsigned 32-bit; `value` is the unsigned value of `size` bytes. */
export interface WriteRow {
  readonly icount: number;
  readonly eip: number;
  readonly linear: number;
  readonly physical: number;
  readonly size: 1 | 2 | 4;
  readonly value: number;
  readonly origin: WriteOrigin;
}

/** A batch of writes as columns; rows `0..count-1` are valid. `origin` indexes WRITE_ORIGINS. */
export interface WriteColumns {
  readonly count: number;
  readonly icount: Float64Array;
  readonly eip: Uint32Array;
  readonly linear: Uint32Array;
  readonly physical: Uint32Array;
  readonly value: Uint32Array;
  readonly size: Uint8Array;
  readonly origin: Uint8Array;
}

/**
 * Elements of a REP instruction that were stored at once, in a batch of columns: rows `row` to `row + count - 1`, at successive
 * icounts and upwards in memory. The first two rows, the last and all values are in the columns; the rest follows from these.
 */
export interface ElementRange {
  readonly row: number;
  readonly count: number;
  readonly icount: number;
  readonly eip: number;
  readonly linear: number;
  readonly physical: number;
  readonly size: 1 | 2 | 4;
}

/** General registers, EIP and friends of one moment; unsigned 32-bit numbers, selectors 16-bit. */
export interface RegisterValues {
  readonly eax: number;
  readonly ecx: number;
  readonly edx: number;
  readonly ebx: number;
  readonly esp: number;
  readonly ebp: number;
  readonly esi: number;
  readonly edi: number;
  readonly eip: number;
  readonly eflags: number;
  readonly es: number;
  readonly cs: number;
  readonly ss: number;
  readonly ds: number;
  readonly fs: number;
  readonly gs: number;
  readonly cr0: number;
  readonly cr2: number;
  readonly cr3: number;
  readonly cr4: number;
}

/** What a scenario does to the guest from outside. */
export type InputAction =
  | { readonly kind: 'scancodes'; readonly bytes: Uint8Array } // set 1 bytes queued at the keyboard controller
  | { readonly kind: 'serial-in'; readonly port: number; readonly bytes: Uint8Array } // port: 0-based UART number
  | { readonly kind: 'memory'; readonly linear: number; readonly bytes: Uint8Array }
  | { readonly kind: 'registers'; readonly values: Partial<RegisterValues> }
  | { readonly kind: 'irq'; readonly line: number } // an edge at an input of the interrupt controllers, 0-15
  | {
      // A movement and the buttons as they are then: bit 0 left, 1 right, 2 middle.
      readonly kind: 'mouse';
      readonly dx: number; // to the right, negative to the left
      readonly dy: number; // down
      readonly wheel: number; // towards the user
      readonly buttons: number;
    }
  | { readonly kind: 'hold-interrupts'; readonly isHeld: boolean }; // while held, the processor takes no IRQ; then it is halted if it was

/** Three bytes a pixel: red, green, blue; rows from the top. */
export interface ScreenPicture {
  readonly width: number;
  readonly height: number;
  readonly rgb: Uint8Array;
}

/**
 * What the screen shows. In text modes character codes and attributes row by row; `cursor` is a cell index, absent when
 * hidden. In graphics modes no columns and rows. `picture` is absent where it is what the power-on font and colours
 * make of 80x25 cells.
 */
export interface TextScreen {
  readonly columns: number;
  readonly rows: number;
  readonly characters: Uint8Array;
  readonly attributes: Uint8Array;
  readonly cursor?: { readonly cell: number; readonly startLine: number; readonly endLine: number };
  readonly picture?: ScreenPicture;
}

/** Why a recording ended: `deadline` when its scenario was done, the others when the guest ended. */
export type StopReason =
  | { readonly kind: 'deadline' }
  | { readonly kind: 'instruction-limit'; readonly limit: number }
  | { readonly kind: 'halted' } // HLT with interrupts off: nothing can wake it
  | { readonly kind: 'triple-fault'; readonly vectors: readonly number[] } // the nested exceptions, first one first
  | { readonly kind: 'exit-port'; readonly value: number } // isa-debug-exit, port F4h
  | { readonly kind: 'reset'; readonly by: string } // keyboard controller pulse or port 92h bit 0
  | { readonly kind: 'unhandled'; readonly what: string }; // a strict run met something gilt doesn't have

/** Why a machine paused short of its deadline: the guest goes on when it is run again. */
export type Pause =
  | { readonly kind: 'breakpoint'; readonly linear: number }
  | { readonly kind: 'event'; readonly event: TraceEvent } // one that the caller waited for
  | { readonly kind: 'store' } // likewise
  | { readonly kind: 'idle' };

/** A general register of an interrupted program: when it was interrupted, and when it went on. */
export interface RegisterChange {
  readonly register: 'eax' | 'ecx' | 'edx' | 'ebx' | 'ebp' | 'esi' | 'edi';
  readonly saved: number;
  readonly restored: number;
}

interface Placed {
  readonly icount: number;
  readonly writes: number;
}

export type TraceEvent = Placed &
  (
    | {
        readonly kind: 'control';
        readonly register: 'cr0' | 'cr3' | 'cr4';
        readonly value: number;
        readonly eip: number;
      }
    | { readonly kind: 'invlpg'; readonly linear: number; readonly eip: number }
    | {
        readonly kind: 'exception';
        readonly vector: number;
        readonly eip: number;
        readonly errorCode?: number;
        readonly faultLinear?: number; // CR2, page faults only
      }
    | {
        readonly kind: 'interrupt';
        readonly vector: number;
        readonly eip: number;
        readonly irq?: number; // the line, for a hardware interrupt; absent for INT n
      }
    | {
        readonly kind: 'probe-call';
        readonly probe: string; // the name it was configured with
        readonly call: number; // number of this call, counted over all probes; the return carries the same
        readonly args: readonly number[];
        readonly esp: number;
        readonly ebp: number;
        readonly callers: readonly number[]; // return addresses along the frame pointers, innermost first
      }
    | { readonly kind: 'probe-return'; readonly probe: string; readonly call: number; readonly result: number }
    | {
        readonly kind: 'port-write';
        readonly port: number;
        readonly size: 1 | 2 | 4;
        readonly value: number;
        readonly eip: number;
      }
    | { readonly kind: 'serial-out'; readonly port: number; readonly byte: number }
    | { readonly kind: 'debug-out'; readonly byte: number } // port E9h
    | {
        // A port, memory range or function that gilt doesn't have, in words ("read of port 0x1f7").
        readonly kind: 'unhandled';
        readonly what: string;
        readonly eip: number;
      }
    | { readonly kind: 'input'; readonly action: InputAction }
    | { readonly kind: 'screen'; readonly name: string; readonly screen: TextScreen }
    | { readonly kind: 'step'; readonly text: string } // what the scenario says it does next
    | { readonly kind: 'checkpoint'; readonly name: string; readonly state: string; readonly chain: string } // hex digests
    | { readonly kind: 'stop'; readonly reason: StopReason; readonly registers: RegisterValues }
    | {
        // The first use of a cached translation after its page tables changed without a flush.
        readonly kind: 'stale-translation';
        readonly access: 'read' | 'write';
        readonly linear: number;
        readonly physical: number; // what was accessed
        readonly walked?: number; // what the tables say now: as `physical` where they forbid it, absent where not present
        readonly eip: number;
      }
    | {
        // An interrupted program goes on with other registers than it had; EIP, ESP and CR3 are those it had.
        readonly kind: 'context-changed';
        readonly eip: number; // of the IRET
        readonly resumedEip: number;
        readonly changes: readonly RegisterChange[];
      }
  );

export type TraceEventKind = TraceEvent['kind'];
