import { allocationsLens } from './allocations.ts';
import type { LensName } from './fact.ts';
import type { Lens } from './lens.ts';
import { memoryLens } from './memory.ts';
import { pagingLens } from './paging.ts';
import { portsLens } from './ports.ts';
import { screenLens } from './screen.ts';
import { serialLens } from './serial.ts';
import { trapsLens } from './traps.ts';

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
