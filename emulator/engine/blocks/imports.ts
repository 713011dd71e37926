/** Functions that compiled code calls: `e.0` and so on of its imports, with so many parameters each. */
export const IMPORTS = {
  ...{ fill: 0, drain: 1, flags: 2, bulk: 3, step: 4 },
  ...{ floatOperand: 5, floatCompute: 6, floatMove: 7, floatPack: 8, floatToInteger: 9 },
} as const;
const IMPORT_PARAMETERS = [5, 1, 5, 8, 1, 3, 3, 2, 1, 1];

/** The number of parameters of each import; those for x87 instructions come last. */
export function importParameters(hasFloats: boolean): readonly number[] {
  return hasFloats ? IMPORT_PARAMETERS : IMPORT_PARAMETERS.slice(0, IMPORTS.floatOperand);
}
