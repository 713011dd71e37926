import type { LensName } from './fact.ts';
import type { Mask } from './view-config.ts';

/** Is a fact of this lens and key hidden by the mask? */
export function hidesFact(mask: Mask, lens: LensName, key: string): boolean {
  return mask.kind === 'facts' && mask.lens === lens && matches(mask.key, key);
}

function matches(pattern: string, key: string): boolean {
  const [first, ...rest] = pattern.split('*');
  if (!key.startsWith(first)) return false;
  if (rest.length === 0) return key === first;
  const last = rest.pop() ?? '';
  let at = first.length;
  for (const part of rest) {
    const found = key.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return key.length - last.length >= at && key.endsWith(last);
}
