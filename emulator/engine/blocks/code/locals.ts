/** Locals of every compiled function. The parameter and result is the budget: instructions left to run. */
export const BUDGET = 0;
/** f64: the icount at which the budget is 0. */
export const END = 1;
/** f64: the icount at the end of the current block. */
export const BLOCK_END = 2;
export const LOCALS_F64 = 2;
const I32_FIRST = 1 + LOCALS_F64;
/** The eight general registers. */
export const REGISTERS = I32_FIRST;
/** Rows in the write log, times 4. */
export const ROWS = I32_FIRST + 8;
/** Pending flags: rule, result, operands; and CF, for rules that keep it. */
export const FLAG_KIND = I32_FIRST + 9;
export const FLAG_RESULT = I32_FIRST + 10;
export const FLAG_A = I32_FIRST + 11;
export const FLAG_B = I32_FIRST + 12;
export const CARRY = I32_FIRST + 13;
/** Where the function leaves: EIP, and how many of the block's instructions didn't run. */
export const EIP = I32_FIRST + 14;
export const UNUSED = I32_FIRST + 15;
/** The block that a loop with several headers goes to next. */
export const NEXT = I32_FIRST + 16;
/** Temporaries of one instruction. */
export const TEMPS = I32_FIRST + 17;
