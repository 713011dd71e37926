import { allocationsLens } from './allocations/allocations.ts';
import { portsLens } from './events/ports.ts';
import { serialLens } from './events/serial.ts';
import { trapsLens } from './events/traps.ts';
import type { LensName } from './fact.ts';
import type { Lens } from './lens.ts';
import { memoryLens } from './memory/memory.ts';
import { pagingLens } from './paging/paging.ts';
import { screenLens } from './screen/screen.ts';

/** All lenses by name. */
export const LENSES: Readonly<Record<LensName, Lens>> = {
  allocations: allocationsLens,
  paging: pagingLens,
  traps: trapsLens,
  ports: portsLens,
  memory: memoryLens,
  serial: serialLens,
  screen: screenLens,
};
