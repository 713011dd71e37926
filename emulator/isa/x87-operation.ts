/** Where an x87 instruction finds a value or puts it: a stack register, or a type in memory (SDM vol. 1, 8.1.2 and 4.2). */
export type X87Place = 'register' | 'single' | 'double' | 'extended' | 'int16' | 'int32' | 'int64' | 'decimal';

export type X87Arithmetic = 'add' | 'multiply' | 'subtract' | 'subtractReversed' | 'divide' | 'divideReversed';

export type X87Constant = 'one' | 'log2Ten' | 'log2E' | 'pi' | 'log10Two' | 'lnTwo' | 'zero';

/** Operations on the top of the stack, and on the register below it where they take two. */
export type X87Function =
  | 'changeSign'
  | 'absolute'
  | 'test'
  | 'examine'
  | 'power'
  | 'logarithm'
  | 'tangent'
  | 'arctangent'
  | 'extract'
  | 'remainderNearest'
  | 'remainder'
  | 'logarithmPlusOne'
  | 'squareRoot'
  | 'sineCosine'
  | 'round'
  | 'scale'
  | 'sine'
  | 'cosine';

/** Instructions that manage the unit; those from `initialise` on don't wait for pending exceptions. */
export type X87Control =
  | 'wait'
  | 'nothing'
  | 'decrementTop'
  | 'incrementTop'
  | 'free'
  | 'freeAndPop'
  | 'loadControl'
  | 'loadEnvironment'
  | 'restore'
  | 'initialise'
  | 'clearExceptions'
  | 'ignore'
  | 'storeControl'
  | 'storeStatus'
  | 'statusToAx'
  | 'storeEnvironment'
  | 'save';

/** What an x87 instruction does, apart from which registers and memory it names. */
export type X87Operation =
  | {
      readonly kind: 'arithmetic';
      readonly function: X87Arithmetic;
      readonly source: X87Place;
      /** The result goes to ST(i) and not to ST(0). */
      readonly isReverse: boolean;
      readonly pops: boolean;
    }
  | {
      readonly kind: 'compare';
      readonly source: X87Place;
      /** FUCOM and its kin leave quiet NaNs alone. */
      readonly isOrdered: boolean;
      readonly pops: 0 | 1 | 2;
      readonly into: 'status' | 'eflags';
    }
  | { readonly kind: 'load'; readonly source: X87Place }
  | {
      readonly kind: 'store';
      readonly target: X87Place;
      readonly pops: boolean;
      /** Nothing in ST(0) is no exception, and nothing is stored. */
      readonly isLenient?: true;
      /** Whatever the rounding mode. */
      readonly isTruncating?: true;
    }
  | { readonly kind: 'exchange' }
  | { readonly kind: 'conditionalMove'; readonly condition: number }
  | { readonly kind: 'constant'; readonly constant: X87Constant }
  | { readonly kind: 'function'; readonly function: X87Function }
  | { readonly kind: 'control'; readonly control: X87Control };
