/**
 * CPUID: the processor that `qemu-system-i386` has by default Source: SDM vol. 2, CPUID; Microsoft's
 * hypervisor interface for 40000000h. Leaves: 0 to 4, 40000000h and 40000001h, 80000000h to 80000004h; any other reads as leaf 4, the
 * highest basic one.
 */
import { APIC_BASE_ENABLED } from '../../bus/apic-base.ts';
import type { Cpu } from '../cpu.ts';
import * as S from '../state.ts';

/** Family 6, model 6, stepping 3: also what EDX holds after a reset. */
export const PROCESSOR_SIGNATURE = 0x663;

const FEATURE_FPU = 1 << 0;
const FEATURE_DE = 1 << 2;
const FEATURE_PSE = 1 << 3;
const FEATURE_TSC = 1 << 4;
const FEATURE_MSR = 1 << 5;
const FEATURE_PAE = 1 << 6;
const FEATURE_MCE = 1 << 7; // without banks: nothing is ever wrong
const FEATURE_CX8 = 1 << 8;
const FEATURE_APIC = 1 << 9; // while it is on
const FEATURE_SEP = 1 << 11;
const FEATURE_PGE = 1 << 13;
const FEATURE_CMOV = 1 << 15;
const FEATURE_PAT = 1 << 16;
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
  FEATURE_MCE |
  FEATURE_CX8 |
  FEATURE_SEP |
  FEATURE_PGE |
  FEATURE_CMOV |
  FEATURE_PAT |
  FEATURE_MMX |
  FEATURE_FXSR |
  FEATURE_SSE |
  FEATURE_SSE2;
/** ECX of leaf 1. */
const FEATURE_SSE3 = 1 << 0; // without MONITOR and MWAIT, which have a bit of their own
const UNDER_A_HYPERVISOR = 1 << 31;
/** EBX of leaf 1: CLFLUSH works on lines of 64 bytes, in units of 8. */
const CACHE_LINE = 8 << 8;

const VENDOR = 'GenuineIntel';
const NAME = 'QEMU Virtual CPU version 2.5+';
const HYPERVISOR = 'TCGTCGTCGTCG';
const HIGHEST_BASIC = 4;
const FIRST_HYPERVISOR = 0x40000000;
const FIRST_EXTENDED = 0x80000000 | 0;
const FIRST_OF_NAME = 0x80000002 | 0;
const HIGHEST_EXTENDED = 0x80000004 | 0;

type Leaf = readonly [eax: number, ebx: number, ecx: number, edx: number];

const NOTHING: Leaf = [0, 0, 0, 0];
/** Leaf 2: descriptors of 2 MiB, 32 KiB and 32 KiB of cache. */
const CACHE_DESCRIPTORS: Leaf = [1, 0, 0x4d, 0x2c307d];
/** Leaf 4 by ECX: data and code of the first level, second and third level. */
const CACHES: readonly Leaf[] = [
  [0x121, 0x01c0003f, 0x3f, 1],
  [0x122, 0x01c0003f, 0x3f, 1],
  [0x143, 0x03c0003f, 0xfff, 1],
  [0x163, 0x03c0003f, 0x3fff, 6],
];

/** Loads EAX, EBX, ECX and EDX with the leaf that EAX names. */
export function identify(cpu: Cpu): void {
  const [eax, ebx, ecx, edx] = leafOf(cpu, cpu.s[S.EAX], cpu.s[S.ECX]);
  cpu.s[S.EAX] = eax;
  cpu.s[S.EBX] = ebx;
  cpu.s[S.ECX] = ecx;
  cpu.s[S.EDX] = edx;
}

function leafOf(cpu: Cpu, number: number, part: number): Leaf {
  switch (number) {
    case 0:
      return [HIGHEST_BASIC, packed(VENDOR, 0), packed(VENDOR, 8), packed(VENDOR, 4)];
    case 1:
      return [PROCESSOR_SIGNATURE, CACHE_LINE, FEATURE_SSE3 | UNDER_A_HYPERVISOR, featuresOf(cpu)];
    case 2:
      return CACHE_DESCRIPTORS;
    case 3:
    case FIRST_HYPERVISOR + 1:
      return NOTHING;
    case FIRST_HYPERVISOR:
      return [FIRST_HYPERVISOR + 1, packed(HYPERVISOR, 0), packed(HYPERVISOR, 4), packed(HYPERVISOR, 8)];
    case FIRST_EXTENDED:
      return [HIGHEST_EXTENDED, packed(VENDOR, 0), packed(VENDOR, 8), packed(VENDOR, 4)];
    case FIRST_EXTENDED + 1:
      return [PROCESSOR_SIGNATURE, 0, 0, 0];
    default:
      if (number >= FIRST_OF_NAME && number <= HIGHEST_EXTENDED) return nameLeaf((number - FIRST_OF_NAME) * 16);
      return CACHES[part] ?? NOTHING;
  }
}

function featuresOf({ apic }: Cpu): number {
  const hasApic = apic !== undefined && (apic.base & APIC_BASE_ENABLED) !== 0;
  return FEATURES | (hasApic ? FEATURE_APIC : 0);
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
