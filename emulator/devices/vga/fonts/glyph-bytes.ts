/** The bytes of glyphs, each written as hex digits. */
export function glyphBytes(glyphs: readonly string[]): Uint8Array {
  return Uint8Array.from(
    glyphs.flatMap((glyph) => glyph.match(/../g) ?? []).map((digits) => Number.parseInt(digits, 16)),
  );
}
