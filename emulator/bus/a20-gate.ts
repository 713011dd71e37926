/** Address line 20: disabled, physical addresses wrap at 1 MiB in the odd megabytes. Every switch of a PC sets the same gate. */
export interface A20Gate {
  readonly isEnabled: boolean;
  set(isEnabled: boolean): void;
}
