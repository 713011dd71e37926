/** What a workflow file has to know. `folder` is that of the config, relative to the repository; '' if they are one. */
export interface WorkflowFacts {
  readonly folder: string;
  readonly build: string | undefined;
  readonly makefile: string; // its text, '' if there is none
  readonly isInstalled: boolean; // package.json names gilt, and there is a lock file
  readonly version: string;
}

// What a Makefile calls and the package of Ubuntu that has it.
const TOOLS: readonly (readonly [RegExp, string])[] = [
  [/\bnasm\b/, 'nasm'],
  [/\byasm\b/, 'yasm'],
  [/\bi686-linux-gnu-/, 'gcc-i686-linux-gnu'],
  [/^(?!.*i686-linux-gnu-).*(?<![\w-])-m32\b/s, 'gcc-multilib'], // the two can't be installed together
  [/\bclang\b/, 'clang'],
  [/\bgrub-mkrescue\b/, 'grub-pc-bin xorriso'],
  [/\b(mcopy|mformat)\b/, 'mtools'],
];

/** A workflow for GitHub: build, gate, and the report as an artifact when it is red. */
export function workflowText({ folder, build, makefile, isInstalled, version }: WorkflowFacts): string {
  const packages = TOOLS.filter(([call]) => call.test(makefile)).map(([, name]) => name);
  const install =
    packages.length === 0
      ? '# - run: sudo apt-get update && sudo apt-get install -y nasm # what the build needs'
      : `- run: sudo apt-get update && sudo apt-get install -y ${packages.join(' ')}`;
  const defaults =
    folder === '' ? '' : `    defaults:\n      run:\n        working-directory: ${JSON.stringify(folder)}\n`;
  const report = folder === '' ? '.gilt/report' : `${folder}/.gilt/report`;
  return `# Builds the kernel, runs its scenarios in gilt and compares them with their golden runs.
name: gilt
on: [push, pull_request]
jobs:
  gate:
    runs-on: ubuntu-latest
${defaults}    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-node@v4
        with:
          node-version: 22
      ${install}
      ${build === undefined ? '# - run: make # whatever builds the kernel' : `- run: ${build}`}
      - run: ${isInstalled ? 'npm ci' : `npm install --no-save gilt@${version}`}
      - run: npx gilt gate --reporter terminal --reporter github --reporter junit=.gilt/report/junit.xml
      - uses: actions/upload-artifact@v4
        if: failure()
        with:
          name: gilt-report # unpack it here, and \`npx gilt review\` walks through it
          path: ${JSON.stringify(report)}
          include-hidden-files: true
`;
}
