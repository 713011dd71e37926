// GCC and clang append these to a static local's or a cloned function's name; the number changes with every build.
const COMPILER_SUFFIX = /\.(?:\d+|part|isra|constprop|lto_priv|llvm|cold)$/;

/** The name as the source has it: `counter.0`, `scan.part.2` and `scan.isra.0.cold` become `counter`, `scan`, `scan`. */
export function sourceName(symbol: string): string {
  let name = symbol;
  while (COMPILER_SUFFIX.test(name) && name.search(COMPILER_SUFFIX) > 0) name = name.replace(COMPILER_SUFFIX, '');
  return name;
}
