/**
 * Delivery of exceptions and hardware interrupts, with double and triple faults. Source: SDM vol. 3A, 6.15 (table 6-5) and 6.13.
 * Not done: machine checks.
 */
import {
  VECTOR_BP,
  VECTOR_DB,
  VECTOR_DE,
  VECTOR_DF,
  VECTOR_GP,
  VECTOR_NMI,
  VECTOR_NP,
  VECTOR_OF,
  VECTOR_PF,
  VECTOR_SS,
  VECTOR_TS,
} from '../constants.ts';
import type { Cpu } from '../cpu.ts';
import { DR6, DR6_BREAKPOINTS, DR7, DR7_GENERAL_DETECT } from '../debug/debug-registers.ts';
import * as S from '../state.ts';
import { enterVector } from './vector-entry.ts';

/** EXT bit of an error code: the fault came up while something outside the program was delivered. */
const ERROR_EXTERNAL = 1;
const CONTRIBUTORY: readonly number[] = [VECTOR_DE, VECTOR_TS, VECTOR_NP, VECTOR_SS, VECTOR_GP];
const WITH_SELECTOR: readonly number[] = [VECTOR_TS, VECTOR_NP, VECTOR_SS, VECTOR_GP];
/** Traps and aborts; the other exceptions are faults. #DB may be either. */
const NOT_FAULTS: readonly number[] = [VECTOR_NMI, VECTOR_BP, VECTOR_OF, VECTOR_DF];

/** Takes the fault that the current instruction raised and delivers it. What it had met of data breakpoints comes again. */
export function deliverFault(cpu: Cpu): void {
  cpu.s[S.DEBUG_PENDING] = 0;
  const { vector, errorCode } = takeFault(cpu);
  if (vector === S.WAIT) cpu.requestPoll();
  else deliverException(cpu, vector, errorCode);
}

/**
 * #DB before an instruction with a code breakpoint, or after one that met something else; `bits` as DR6 tells it. Ends HLT.
 * RF is pushed as it is: whoever handles a code breakpoint sets it (SDM vol. 3B, 17.3.1.1).
 */
export function deliverDebugException(cpu: Cpu, bits: number): void {
  cpu.s[S.HALTED] = 0;
  cpu.s[DR6] = (cpu.s[DR6] & ~DR6_BREAKPOINTS) | bits;
  deliverFrom(cpu, [], { vector: VECTOR_DB, errorCode: S.NO_ERROR_CODE }, false);
}

/**
 * Delivers an exception at the EIP of the state. A fault on the way is delivered in its place, or makes a double fault; a
 * fault of the double fault's delivery shuts the processor down (SHUTDOWN, `cpu.shutdownVectors`).
 */
export function deliverException(cpu: Cpu, vector: number, errorCode: number): void {
  deliverFrom(cpu, [], { vector, errorCode });
}

/** Delivers a hardware interrupt, or an NMI (vector 2, no `irq`), and ends HLT. */
export function deliverInterrupt(cpu: Cpu, vector: number, irq: number | undefined): void {
  cpu.s[S.HALTED] = 0;
  if (irq === undefined && vector === VECTOR_NMI) cpu.s[S.NMI_BLOCKED] = 1;
  cpu.interrupted.interrupt(cpu);
  const event = { kind: 'interrupt', vector, eip: cpu.pc } as const;
  cpu.pins.observe(irq === undefined ? event : { ...event, irq });
  enterVector(cpu, {
    vector,
    returnEip: cpu.s[S.EIP],
    errorCode: S.NO_ERROR_CODE,
    isSoftware: false,
    isFault: false,
    event: undefined,
  });
  if (cpu.isFaulted) {
    const second = takeExternalFault(cpu);
    deliverFrom(cpu, [], second);
  }
}

interface Fault {
  readonly vector: number;
  readonly errorCode: number;
}

function deliverFrom(
  cpu: Cpu,
  before: readonly number[],
  { vector, errorCode }: Fault,
  isFault = !NOT_FAULTS.includes(vector),
): void {
  const vectors = [...before, vector];
  if (vector === VECTOR_DB) cpu.s[DR7] &= ~DR7_GENERAL_DETECT;
  observeException(cpu, vector, errorCode);
  enterVector(cpu, {
    vector,
    returnEip: cpu.s[S.EIP],
    errorCode: cpu.isProtected ? errorCode : S.NO_ERROR_CODE,
    isSoftware: false,
    isFault,
    event: undefined,
  });
  if (!cpu.isFaulted) return;
  const second = takeExternalFault(cpu);
  if (vector === VECTOR_DF) shutDown(cpu, [...vectors, second.vector]);
  else if (makesDoubleFault(vector, second.vector))
    deliverFrom(cpu, [...vectors, second.vector], { vector: VECTOR_DF, errorCode: 0 });
  else deliverFrom(cpu, vectors, second);
}

/** SDM vol. 3A, table 6-5. */
function makesDoubleFault(first: number, second: number): boolean {
  if (first === VECTOR_PF) return second === VECTOR_PF || CONTRIBUTORY.includes(second);
  return CONTRIBUTORY.includes(first) && CONTRIBUTORY.includes(second);
}

function shutDown(cpu: Cpu, vectors: readonly number[]): void {
  cpu.s[S.SHUTDOWN] = 1;
  cpu.shutdownVectors = vectors;
  cpu.requestPoll();
}

function takeExternalFault(cpu: Cpu): Fault {
  const { vector, errorCode } = takeFault(cpu);
  return { vector, errorCode: WITH_SELECTOR.includes(vector) ? errorCode | ERROR_EXTERNAL : errorCode };
}

function takeFault(cpu: Cpu): Fault {
  const fault = { vector: cpu.s[S.FAULT], errorCode: cpu.s[S.FAULT_CODE] };
  cpu.s[S.FAULT] = S.NO_FAULT;
  cpu.s[S.FAULT_CODE] = S.NO_ERROR_CODE;
  return fault;
}

function observeException(cpu: Cpu, vector: number, errorCode: number): void {
  const hasCode = cpu.isProtected && errorCode !== S.NO_ERROR_CODE;
  cpu.pins.observe({
    kind: 'exception',
    vector,
    eip: cpu.pc,
    ...(hasCode ? { errorCode } : {}),
    ...(vector === VECTOR_PF ? { faultLinear: cpu.s[S.CR2] >>> 0 } : {}),
  });
}
