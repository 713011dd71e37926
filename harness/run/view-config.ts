import type { GiltConfig } from '../config/config.ts';
import type { ViewConfig } from '../lenses/index.ts';

/** How the lenses look at runs of a project. */
export function viewConfigOf({ allocators, regions, masks }: Omit<GiltConfig, 'image'>): ViewConfig {
  return {
    ...(allocators === undefined ? {} : { allocators }),
    ...(regions === undefined ? {} : { regions }),
    ...(masks === undefined ? {} : { masks }),
  };
}
