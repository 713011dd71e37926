import { join } from 'node:path';
import type { MaskConfig } from '../../harness/config/config.ts';
import { BENIGN_539KERNEL } from './benign-539kernel.ts';
import { benignBuilds } from './benign-builds.ts';
import { BENIGN_BURROW } from './benign-burrow.ts';
import type { BenignChange } from './change.ts';
import { GUESTS, type Guest } from './guests.ts';
import { type LabelledPatch, patchesIn } from './patch-header.ts';
import { ROOT } from './root.ts';

const hidden = (key: string, reason: string): readonly MaskConfig[] => [{ kind: 'facts', lens: 'serial', key, reason }];

/** What the users of these kernels would put into their config: the lines that the developers log. */
const MASKS: Readonly<Record<string, readonly MaskConfig[]>> = {
  '539kernel/log-to-com1': hidden('*', 'only the developers log to COM1'),
  '539kernel/log-to-debug-console': hidden('*', 'only the developers log to port E9h'),
  'burrow/log-to-com1': hidden('debug:*', 'lines for the developers'),
  'burrow/log-to-debug-console': hidden('f', 'only the developers log to port E9h'),
};

/** Every change that leaves alone what its guest does: the tables, and the patches in patches/<guest>/. */
export function benignChanges(): readonly BenignChange[] {
  const patches = GUESTS.flatMap((guest) =>
    patchesIn(join(ROOT, 'tests/corpus/patches', guest.name)).map((patch) => patched(guest, patch)),
  );
  return [...GUESTS.flatMap(benignBuilds), ...BENIGN_539KERNEL, ...BENIGN_BURROW, ...patches];
}

function patched(guest: Guest, { name, file, header, optionalHeader }: LabelledPatch): BenignChange {
  const undecided = optionalHeader('Undecided');
  const masks = MASKS[`${guest.name}/${name}`];
  return {
    label: 'benign',
    name,
    guest: guest.name,
    what: header('Changes'),
    steps: [{ kind: 'patch', file }],
    ...(masks === undefined ? {} : { masks }),
    ...(undecided === undefined ? {} : { undecided }),
  };
}
