export type AccessSize = 1 | 2 | 4;

/** A device's claim on a range of I/O ports. Values are unsigned and `size` bytes wide. */
export interface PortClaim {
  readonly owner: string; // for messages: "8259A master"
  readonly first: number;
  readonly last: number;
  /** The sizes that the handlers take; other accesses arrive split into smaller ones. Bytes only when absent. */
  readonly widths?: readonly AccessSize[];
  readonly read?: (port: number, size: AccessSize) => number;
  readonly write?: (port: number, size: AccessSize, value: number) => void;
}
