import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './root.ts';

export type GuestName = '539kernel' | 'burrow';

/** A kernel with its scenarios. `config` is the folder of its gilt.config.ts. */
export interface Guest {
  readonly name: GuestName;
  readonly sources: string;
  readonly config: string;
  readonly image: string; // the built image, without its extension, relative to `sources`
}

const ALL: readonly Guest[] = [
  { name: '539kernel', sources: join(ROOT, 'kernel'), config: ROOT, image: 'build/539kernel' },
  { name: 'burrow', sources: join(ROOT, 'kernel/burrow'), config: join(ROOT, 'kernel/burrow'), image: 'build/burrow' },
];

export const GUESTS: readonly Guest[] = ALL.filter(({ config }) => existsSync(join(config, 'gilt.config.ts')));

export function guestOf(name: GuestName): Guest {
  const guest = GUESTS.find((each) => each.name === name);
  if (guest === undefined) throw new Error(`there is no guest ${name}`);
  return guest;
}
