import { existsSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { OperatingError } from '../../emulator/index.ts';
import type { GiltConfig } from './config.ts';
import { loadModule } from './load-module.ts';
import { parseConfig } from './parse-config.ts';

const CONFIG_NAME = 'gilt.config.ts';

/** A config with its paths made absolute. */
export interface Project {
  readonly folder: string; // where gilt.config.ts lies
  readonly configFile: string;
  readonly config: GiltConfig;
  readonly image: string;
  readonly symbols?: string;
  readonly scenarios: string;
  readonly golden: string;
  readonly report: string; // where a gate leaves pictures and traces; ignored by git
}

/** Finds gilt.config.ts by walking up from `from` and loads it. Errors: OperatingError. */
export async function loadProject(from: string): Promise<Project> {
  const configFile = findConfig(from);
  if (configFile === undefined) {
    throw new OperatingError(resolve(from), `no ${CONFIG_NAME} here or in a folder above`);
  }
  const folder = dirname(configFile);
  const { value } = await loadModule(configFile);
  const config = parseConfig(configFile, value);
  return {
    folder,
    configFile,
    config,
    image: resolve(folder, config.image),
    ...(config.symbols === undefined ? {} : { symbols: resolve(folder, config.symbols) }),
    scenarios: resolve(folder, config.scenarios ?? 'scenarios'),
    golden: resolve(folder, config.golden ?? 'golden'),
    report: resolve(folder, '.gilt/report'),
  };
}

/** The nearest gilt.config.ts in `from` or above it. */
export function findConfig(from: string): string | undefined {
  let folder = resolve(from);
  for (;;) {
    const candidate = join(folder, CONFIG_NAME);
    if (existsSync(candidate) && statSync(candidate).isFile()) return candidate;
    const parent = dirname(folder);
    if (parent === folder) return undefined;
    folder = parent;
  }
}
