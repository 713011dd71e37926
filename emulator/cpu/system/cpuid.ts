/**
 * CPUID: one fixed model. It is what a kernel for i686 looks for, and claims nothing that isn't there. Source: SDM vol. 2,
 * CPUID. Leaves: 0, 1, 80000000h, 80000001h, and the name in 80000002h to 80000004h; any other reads as leaf 1, the
 * highest basic one, as on Intel's processors.
 */
import { APIC_BASE_ENABLED } from '../../bus/apic-base.ts';
import type { Cpu } from '../cpu.ts';
import * as S from '../state.ts';

/** Family 6, model 13, stepping 8: also what EDX holds after a reset. */
export const PROCESSOR_SIGNATURE = 0x6d8;

const FEATURE_FPU = 1 << 0;
const FEATURE_DE = 1 << 2;
const FEATURE_PSE = 1 << 3;
const FEATURE_TSC = 1 << 4;
const FEATURE_MSR = 1 << 5;
const FEATURE_PAE = 1 << 6;
const FEATURE_CX8 = 1 << 8;
const FEATURE_APIC = 1 << 9; // while it is on
const FEATURE_SEP = 1 << 11;
const FEATURE_PGE = 1 << 13;
const FEATURE_CMOV = 1 << 15;
const FEATURE_CLFSH = 1 << 19;
const FEATURE_MMX = 1 << 23;
const FEATURE_FXSR = 1 << 24;
const FEATURE_SSE = 1 << 25;
const FEATURE_SSE2 = 1 << 26;
const FEATURES =
  FEATURE_FPU |
  FEATURE_DE |
  FEATURE_PSE |
  FEATURE_TSC |
  FEATURE_MSR |
  FEATURE_PAE |
  FEATURE_CX8 |
  FEATURE_SEP |
  FEATURE_PGE |
  FEATURE_CMOV |
  FEATURE_CLFSH |
  FEATURE_MMX |
  FEATURE_FXSR |
  FEATURE_SSE |
  FEATURE_SSE2;
/** EBX of leaf 1: CLFLUSH works on lines of 64 bytes, in units of 8. */
const CACHE_LINE = 8 << 8;

const VENDOR = 'GenuineIntel';
const NAME = 'gilt, a deterministic i686-class processor';
const HIGHEST_BASIC = 1;
const FIRST_EXTENDED = 0x80000000 | 0;
const FIRST_OF_NAME = 0x80000002 | 0;
const HIGHEST_EXTENDED = 0x80000004 | 0;

type Leaf = readonly [eax: number, ebx: number, ecx: number, edx: number];

/** Loads EAX, EBX, ECX and EDX with the leaf that EAX names. */
export function identify(cpu: Cpu): void {
  const [eax, ebx, ecx, edx] = leafOf(cpu, cpu.s[S.EAX]);
  cpu.s[S.EAX] = eax;
  cpu.s[S.EBX] = ebx;
  cpu.s[S.ECX] = ecx;
  cpu.s[S.EDX] = edx;
}

function leafOf({ apic }: Cpu, number: number): Leaf {
  if (number === 0) return [HIGHEST_BASIC, packed(VENDOR, 0), packed(VENDOR, 8), packed(VENDOR, 4)];
  if (number === FIRST_EXTENDED) return [HIGHEST_EXTENDED, 0, 0, 0];
  if (number === FIRST_EXTENDED + 1) return [0, 0, 0, 0];
  if (number >= FIRST_OF_NAME && number <= HIGHEST_EXTENDED) return nameLeaf((number - FIRST_OF_NAME) * 16);
  const hasApic = apic !== undefined && (apic.base & APIC_BASE_ENABLED) !== 0;
  return [PROCESSOR_SIGNATURE, CACHE_LINE, 0, FEATURES | (hasApic ? FEATURE_APIC : 0)];
}

function nameLeaf(at: number): Leaf {
  return [packed(NAME, at), packed(NAME, at + 4), packed(NAME, at + 8), packed(NAME, at + 12)];
}

/** Four characters as a little-endian dword; zeros beyond the end. */
function packed(text: string, at: number): number {
  let value = 0;
  for (let i = 3; i >= 0; i--) value = (value << 8) | (at + i < text.length ? text.charCodeAt(at + i) : 0);
  return value;
}
