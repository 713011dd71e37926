import manifest from '../package.json' with { type: 'json' };

export const VERSION = manifest.version;

/** Who writes a trace, as its header says. */
export const GENERATOR = `gilt ${VERSION}`;
