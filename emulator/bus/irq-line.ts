/** An interrupt request line of a device: level true = asserted. Setting the level it already has changes nothing. */
export interface IrqLine {
  set(isAsserted: boolean): void;
}
