/** Plain data that a device owns and that survives structured cloning. */
export type DeviceState = { readonly [field: string]: number | boolean | string | Uint8Array | readonly number[] };

/** What every device offers to the machine. It gets lines, claims, a clock and callbacks when it is made. */
export interface Device {
  readonly name: string;
  /** Back to power-on state. */
  reset(): void;
  /** Everything that can't be derived; `load(save())` on a fresh device continues identically. */
  save(): DeviceState;
  load(state: DeviceState): void;
}
