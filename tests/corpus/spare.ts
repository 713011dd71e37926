/** C functions that nobody calls, about 30 bytes of code each. */
export function spareFunctions(count: number): string {
  const functions = Array.from({ length: count }, (_, i) => {
    const name = `spare_${i}`;
    return `unsigned int ${name}(unsigned int one, unsigned int other);
unsigned int ${name}(unsigned int one, unsigned int other)
{
    return one * ${i + 3}u + other % ${i + 7}u;
}
`;
  });
  return functions.join('');
}

/** A C constant that nobody reads, of so many bytes and one more. */
export function spareConstants(bytes: number): string {
  return `const char spare_text[] = "${'gilt '.repeat(Math.ceil(bytes / 5)).slice(0, bytes)}";\n`;
}
