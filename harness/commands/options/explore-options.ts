import type { GuestChoice } from '../../explore/open-guest.ts';
import type { Host } from '../host.ts';
import { UsageError } from '../usage-error.ts';
import { ENGINE_OPTION } from './options.ts';

/** The options of every `gilt explore ...`. */
export const EXPLORE_OPTIONS = {
  image: { type: 'string', describe: "boot this image instead of the config's" },
  symbols: { type: 'string', describe: 'the ELF that belongs to --image' },
  seed: { type: 'number', default: 1, describe: 'another seed chooses other variants' },
  json: { type: 'boolean', default: false, describe: 'print the report as JSON' },
  engine: ENGINE_OPTION,
} as const;

export interface ExploreArgs {
  readonly image: string | undefined;
  readonly symbols: string | undefined;
  readonly seed: number;
  readonly json: boolean;
  readonly engine: (typeof ENGINE_OPTION.choices)[number];
}

export function guestChoice({ image, symbols, engine }: ExploreArgs, host: Host): GuestChoice {
  return {
    folder: host.cwd,
    engine,
    ...(image === undefined ? {} : { image }),
    ...(symbols === undefined ? {} : { symbols }),
  };
}

/** A count from the command line. Errors: UsageError. */
export function countOption(name: string, value: number, least = 0): number {
  if (Number.isSafeInteger(value) && value >= least) return value;
  throw new UsageError(`${name} takes a count, ${least} or more`);
}

/** A 32-bit seed. Errors: UsageError. */
export function seedOption(value: number): number {
  if (Number.isInteger(value) && Math.abs(value) < 2 ** 31) return value;
  throw new UsageError('--seed takes an integer below 2147483648');
}
