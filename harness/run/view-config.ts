import type { GiltConfig } from '../config/config.ts';
import type { ViewConfig } from '../lenses/index.ts';

/** How the lenses look at runs of a project; of a scenario with its own masks, too. */
export function viewConfigOf(config: Omit<GiltConfig, 'image'>, scenario: Pick<GiltConfig, 'masks'> = {}): ViewConfig {
  const { allocators, regions } = config;
  const masks = [...(config.masks ?? []), ...(scenario.masks ?? [])];
  return {
    ...(allocators === undefined ? {} : { allocators }),
    ...(regions === undefined ? {} : { regions }),
    ...(masks.length === 0 ? {} : { masks }),
  };
}
