// C0 and C1 controls, DEL, line separators, and what changes the direction or visibility of text around it
// (Unicode TR 36, "bidirectional text spoofing"). Newlines stay: callers that can't have them use `escapeLine`.
const UNSAFE = new RegExp(
  [
    '[\\u0000-\\u0009\\u000b-\\u001f\\u007f-\\u009f\\u00ad\\u061c\\u180e\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u206f]',
    '[\\ufe00-\\ufe0f\\ufeff\\ufff9-\\ufffb]',
    '[\\ud800-\\udbff](?![\\udc00-\\udfff])', // halves of surrogate pairs
    '(?<![\\ud800-\\udbff])[\\udc00-\\udfff]',
  ].join('|'),
  'g',
);

/** Text that a guest or its files had a hand in, safe to print: control characters become `\x1b` or `\u202e`. */
export function escapeText(text: string): string {
  return text.replace(UNSAFE, escapeCharacter);
}

/** As escapeText, for text that must stay on one line. */
export function escapeLine(text: string): string {
  return escapeText(text).replaceAll('\n', '\\n');
}

const HTML: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** Text that is safe as content or as a quoted attribute of an HTML page. */
export function escapeHtml(text: string): string {
  return escapeText(text).replace(/[&<>"']/g, (character) => HTML[character]);
}

function escapeCharacter(character: string): string {
  const code = character.charCodeAt(0);
  return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`;
}
