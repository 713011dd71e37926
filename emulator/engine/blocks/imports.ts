/** Functions that compiled code calls: `e.0` and so on of its imports, with so many parameters each. */
export const IMPORTS = { fill: 0, drain: 1, flags: 2, bulk: 3, step: 4 } as const;
export const IMPORT_PARAMETERS = [5, 1, 5, 8, 1];
