import { assert } from '../base/assert.ts';
import { HELPERS } from './helper-names.ts';
import type { MicroOp } from './micro-op.ts';

/**
 * Every instruction must be restartable: nothing architectural may change before its last step that may fault.
 * A store counts as unable to fault when the same operand was probed or read for writing before. Helpers vouch for
 * themselves (they probe before they change anything). Throws AssertionError naming the form.
 */
export function verifyOrder(form: string, ops: readonly MicroOp[]): void {
  const probed = new Set<string>();
  let effect: string | undefined;
  for (const op of ops) {
    const isSafe = op.op === 'store' && probed.has(`${op.segment}:${op.offset}`);
    if (mayFault(op) && !isSafe) {
      assert(effect === undefined, `${form}: ${op.op} may fault after ${effect} has changed state`);
    }
    if (op.op === 'probe' || (op.op === 'load' && op.isForWrite)) probed.add(`${op.segment}:${op.offset}`);
    if (changesState(op)) effect = op.op === 'call' ? op.helper : op.op;
  }
}

function mayFault(op: MicroOp): boolean {
  switch (op.op) {
    case 'load':
    case 'store':
    case 'probe':
    case 'checkip':
    case 'raiseif':
      return true;
    case 'call':
      return 'faults' in HELPERS[op.helper];
    default:
      return false;
  }
}

/** Checks that only raise or only read; every other helper changes something. */
const PURE_HELPERS: ReadonlySet<string> = new Set([
  'requireProtected',
  'probeQuadword',
  'requirePrivilege',
  'checkPort',
  'readControl',
  'readDebug',
  'pushFlagsImage',
  'divide',
  'divideSigned',
]);

function changesState(op: MicroOp): boolean {
  switch (op.op) {
    case 'setreg':
    case 'store':
    case 'flags':
    case 'setbits':
    case 'jump':
    case 'jumpif':
      return true;
    case 'call':
      return !PURE_HELPERS.has(op.helper);
    default:
      return false;
  }
}
