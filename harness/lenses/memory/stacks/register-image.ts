import type { TypeNode } from '../../../symbols/index.ts';

/** What a member of a saved context holds, by its name. */
export type RegisterRole = 'general' | 'eip' | 'eflags';

const GENERAL = /^_*[er]?(?:[abcd]x|[sd]i|[bs]p)$/i;
const EIP = /^_*[er]?ip$/i;
const EFLAGS = /^_*[er]?flags$/i;
const FEWEST_REGISTERS = 4;

/** The bits of EFLAGS that arithmetic leaves behind, and RF: SDM vol. 1, 3.4.3. */
export const EFFECT_FLAGS = 0x1_08d5;

/** Where a type holds the registers of an interrupted program: offsets with roles; empty when it holds no such image. */
export function registerRoles(type: TypeNode | undefined, offset = 0): ReadonlyMap<number, RegisterRole> {
  const roles = new Map<number, RegisterRole>();
  if (type?.kind === 'array') {
    // All elements are alike; an array of characters isn't walked through.
    const inside = registerRoles(type.element, 0);
    if (inside.size === 0) return roles;
    for (let i = 0; i < type.count; i++) {
      for (const [at, role] of inside) roles.set(offset + i * type.element.sizeBytes + at, role);
    }
  }
  if (type?.kind !== 'struct' && type?.kind !== 'union') return roles;
  const own = type.members.flatMap((member) => {
    const role = member.type.sizeBytes === 4 ? roleOf(member.name) : undefined;
    return role === undefined ? [] : [[offset + member.offsetBytes, role] as const];
  });
  if (own.filter(([, role]) => role === 'general').length >= FEWEST_REGISTERS)
    for (const [at, role] of own) roles.set(at, role);
  for (const member of type.members) {
    for (const [at, role] of registerRoles(member.type, offset + member.offsetBytes)) roles.set(at, role);
  }
  return roles;
}

function roleOf(name: string): RegisterRole | undefined {
  if (GENERAL.test(name)) return 'general';
  if (EIP.test(name)) return 'eip';
  return EFLAGS.test(name) ? 'eflags' : undefined;
}
