import { type Float, INFINITY, QUIET } from '../../fpu/float.ts';
import { DENORMAL } from '../../fpu/float-context.ts';
import { DOUBLE, SINGLE } from '../../fpu/float-format.ts';
import { fromInt32, toInteger } from '../../fpu/integer.ts';
import { propagateOneNan } from '../../fpu/nan.ts';
import { round } from '../../fpu/round.ts';
import type { Conversion, FloatWidth, SimdOperation } from '../../isa/simd-operation.ts';
import type { Cpu } from '../cpu.ts';
import { packElement, settleExceptions, unpackElement } from './floats.ts';
import type { Simd } from './simd.ts';

type Element = FloatWidth | 'int32';

/** How a conversion reads and writes. */
interface Shape {
  readonly from: Element;
  readonly to: Element;
  readonly count: 1 | 2 | 4;
  readonly source: 'xmm' | 'mmx' | 'general';
  readonly target: 'xmm' | 'mmx' | 'general';
  /** What the result leaves of an XMM register: kept, or cleared. */
  readonly rest?: 'kept' | 'zero';
}

const SHAPES: Readonly<Record<Conversion, Shape>> = {
  int32ToSingles: { from: 'int32', to: 'single', count: 4, source: 'xmm', target: 'xmm' },
  mmxToSingles: { from: 'int32', to: 'single', count: 2, source: 'mmx', target: 'xmm', rest: 'kept' },
  int32ToDoubles: { from: 'int32', to: 'double', count: 2, source: 'xmm', target: 'xmm' },
  mmxToDoubles: { from: 'int32', to: 'double', count: 2, source: 'mmx', target: 'xmm' },
  generalToSingle: { from: 'int32', to: 'single', count: 1, source: 'general', target: 'xmm', rest: 'kept' },
  generalToDouble: { from: 'int32', to: 'double', count: 1, source: 'general', target: 'xmm', rest: 'kept' },
  singlesToInt32: { from: 'single', to: 'int32', count: 4, source: 'xmm', target: 'xmm' },
  singlesToMmx: { from: 'single', to: 'int32', count: 2, source: 'xmm', target: 'mmx' },
  doublesToInt32: { from: 'double', to: 'int32', count: 2, source: 'xmm', target: 'xmm', rest: 'zero' },
  doublesToMmx: { from: 'double', to: 'int32', count: 2, source: 'xmm', target: 'mmx' },
  singleToGeneral: { from: 'single', to: 'int32', count: 1, source: 'xmm', target: 'general' },
  doubleToGeneral: { from: 'double', to: 'int32', count: 1, source: 'xmm', target: 'general' },
  singlesToDoubles: { from: 'single', to: 'double', count: 2, source: 'xmm', target: 'xmm' },
  doublesToSingles: { from: 'double', to: 'single', count: 2, source: 'xmm', target: 'xmm', rest: 'zero' },
  singleToDouble: { from: 'single', to: 'double', count: 1, source: 'xmm', target: 'xmm', rest: 'kept' },
  doubleToSingle: { from: 'double', to: 'single', count: 1, source: 'xmm', target: 'xmm', rest: 'kept' },
};

function wordsOf(element: Element): 1 | 2 {
  return element === 'double' ? 2 : 1;
}

/** Does the conversion read or write an MMX register? Then the x87 is in MMX state. */
export function usesMmx(conversion: Conversion, isMemory: boolean): boolean {
  const { source, target } = SHAPES[conversion];
  return target === 'mmx' || (source === 'mmx' && !isMemory);
}

/** CVT...: source elements in order, converted and rounded. */
export function convert(
  cpu: Cpu,
  simd: Simd,
  { conversion, isTruncating }: Extract<SimdOperation, { readonly kind: 'convert' }>,
): void {
  const shape = SHAPES[conversion];
  const { from, to, count, target, rest } = shape;
  const { b, out, x, context } = simd;
  if (!readSource(cpu, simd, shape)) return;
  // An #XM that follows finds the x87 in MMX state already: so it is on processors.
  if (usesMmx(conversion, simd.isMemory)) simd.enterMmx();
  simd.beginFloats();
  if (target === 'xmm') simd.read('xmm', simd.reg, out);
  if (rest === 'zero') out.fill(0);
  for (let i = 0; i < count; i++) {
    const [at, place] = [i * wordsOf(from), i * wordsOf(to)];
    if (from === 'int32') fromInt32(x, b[at]);
    else unpackElement(simd, x, b, at, from);
    if (to === 'int32') {
      toInteger(x, 32, context, isTruncating);
      out[place] = x.lo;
    } else {
      if (from !== 'int32') prepare(simd, x);
      context.format = to === 'single' ? SINGLE : DOUBLE;
      round(x, context);
      packElement(x, out, place, to);
    }
  }
  if (!settleExceptions(cpu, simd)) return;
  if (target === 'general') cpu.s[simd.reg] = out[0];
  else simd.write(target, simd.reg, out);
}

function readSource(cpu: Cpu, simd: Simd, { from, count, source }: Shape): boolean {
  if (source === 'general') {
    if (simd.isMemory) return simd.readMemory(simd.b, 4, false);
    simd.b[0] = cpu.s[simd.rm];
    return true;
  }
  const bytes = 4 * wordsOf(from) * count;
  return simd.readSource(source, bytes, bytes === 16);
}

/** A float that changes its format: NaNs become quiet, denormals are told. */
function prepare(simd: Simd, x: Float): void {
  const { context, y } = simd;
  if (x.kind >= QUIET) {
    y.copy(x);
    propagateOneNan(y, x, context);
  } else if (x.isDenormal && x.kind !== INFINITY) context.raise(DENORMAL);
}
