const LONGEST = 100;

/** A golden's name out of a test's: "the heap > is kept" becomes "the-heap-is-kept". */
export function goldenName(testName: string): string {
  const name = testName
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, LONGEST)
    .replace(/^-+|-+$/g, '');
  return name === '' ? 'test' : name;
}
