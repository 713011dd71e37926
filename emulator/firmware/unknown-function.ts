import { hex } from '../base/hex.ts';
import type { FirmwareHost } from './firmware-host.ts';

/** Notes that the guest called a function of this interrupt that isn't here. What it returns then is the caller's to say. */
export function unknownFunction(host: FirmwareHost, vector: number): void {
  host.unhandled(`int ${hex(vector, 2)} ah=${hex(host.reg('ah'), 2)}`);
}

/** The same for a subfunction, which AL selects. */
export function unknownSubfunction(host: FirmwareHost, vector: number): void {
  host.unhandled(`int ${hex(vector, 2)} ax=${hex(host.reg('ax'), 4)}`);
}
