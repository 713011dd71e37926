import type { Field } from './field.ts';

/** The member `name` of an object as `parse` reads it, or nothing when it is absent: made to be spread. */
export function optional<Name extends string, Value>(
  field: Field,
  name: Name,
  parse: (member: Field) => Value,
): { readonly [Key in Name]?: Value } {
  const member = field.at(name);
  if (member.isAbsent()) return {};
  const parsed: { [Key in Name]?: Value } = {};
  parsed[name] = parse(member);
  return parsed;
}
