/** What config and scenario files import from 'gilt'. */
export { type AllocatorConfig, defineConfig, type GiltConfig, type RegionConfig } from './config/config.ts';
export type { CallOutcome, Driver, GuestException, SettableRegisters, WaitOptions } from './driver/driver.ts';
export type { CallOptions } from './driver/guest-call.ts';
export type { GuestValue } from './driver/guest-value.ts';
export type { AllocatorFunction, AllocatorFunctions } from './explore/allocator/allocator-calls.ts';
export { AllocatorFlaw, type AllocatorRule } from './explore/allocator/allocator-flaw.ts';
export { AllocatorModel, type AllocatorModelOptions } from './explore/allocator/allocator-model.ts';
export {
  type AllocatorCheck,
  AllocatorCheckError,
  type AllocatorReport,
  checkAllocator,
} from './explore/allocator/check-allocator.ts';
export {
  type InterruptGroup,
  type InterruptReport,
  type InterruptSweep,
  sweepInterrupt,
} from './explore/interrupt/sweep-interrupt.ts';
export { bootGuest, type GuestChoice } from './explore/open-guest.ts';
export { type RamFillsOptions, type RamReport, ramFills } from './explore/ram/ram-fills.ts';
export type { Character, Key, KeyName, Modifier } from './scenario/keys.ts';
export { defineScenario, type ScenarioDefinition } from './scenario/scenario.ts';
