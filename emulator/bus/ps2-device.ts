/** A device at the auxiliary port of a keyboard controller. */
export interface Ps2Device {
  /** Has it a byte for the controller? */
  readonly hasByte: boolean;
  takeByte(): number | undefined;
  /** A byte that the controller sends it. */
  receive(byte: number): void;
}
