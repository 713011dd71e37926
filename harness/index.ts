/** What config and scenario files import from 'gilt'. */
export { type AllocatorConfig, defineConfig, type GiltConfig, type RegionConfig } from './config/config.ts';
export type { CallOutcome, Driver, WaitOptions } from './scenario/driver.ts';
export type { Key, KeyName, Modifier } from './scenario/keys.ts';
export { defineScenario, type ScenarioDefinition } from './scenario/scenario.ts';
