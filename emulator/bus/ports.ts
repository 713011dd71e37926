export type AccessSize = 1 | 2 | 4;

/**
 * What a read of a port does besides giving a value. `steady`: nothing, and the value changes only by an event (a timer
 * fires, an input comes, the guest writes). `timed`: it shows the time, so it changes while time passes. `acting`: it
 * may change the device.
 */
export type ReadNature = 'steady' | 'timed' | 'acting';

/** A device's claim on a range of I/O ports. Values are unsigned and `size` bytes wide. */
export interface PortClaim {
  readonly owner: string; // for messages: "8259A master"
  readonly first: number;
  readonly last: number;
  /** The sizes that the handlers take; other accesses arrive split into smaller ones. Bytes only when absent. */
  readonly widths?: readonly AccessSize[];
  readonly read?: (port: number, size: AccessSize) => number;
  /** Of a read that comes now; every read is `acting` when absent. */
  readonly readNature?: (port: number) => ReadNature;
  readonly write?: (port: number, size: AccessSize, value: number) => void;
}
