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
export { hidesFact } from './fact-mask.ts';
export { type Explanation, isObserving, type Lens } from './lens.ts';
export { LENSES } from './lenses.ts';
export { hidesCell } from './mask-cells.ts';
export { chainText, inPlace, isKnown, placeText, returnsText } from './names/place-text.ts';
export { observeBoth } from './observe/observe-both.ts';
export { makeRunView, type RunView, seenLike } from './run-view.ts';
export { comparePictures, comparePixels, type PixelComparison } from './screen/screen.ts';
export type { TraceSource } from './trace-source.ts';
export {
  ALLOCATOR_KINDS,
  type AllocatorKind,
  type AllocatorView,
  type Bound,
  type Mask,
  type RegionView,
  type ViewConfig,
} from './view-config.ts';
