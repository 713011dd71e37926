export {
  type CellHistory,
  type CellValue,
  type Fact,
  type FactDetail,
  LENS_NAMES,
  type LensName,
  type Level,
  type MappedRange,
  type Place,
  type ScreenRow,
  type Shift,
  type TextStore,
} from './fact.ts';
export type { Explanation, Lens } from './lens.ts';
export { LENSES } from './lenses.ts';
export { chainText, inPlace, isKnown, placeText } from './place-text.ts';
export { makeRunView, type RunView, withRegionsOf } from './run-view.ts';
export { comparePixels, type PixelComparison } from './screen.ts';
export type { TraceSource } from './trace-source.ts';
export type { AllocatorView, Mask, RegionView, ViewConfig } from './view-config.ts';
