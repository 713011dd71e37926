import { quoted } from './quoted.ts';
import type { Trial } from './trial-run.ts';

const IMPORT = "import { defineScenario } from 'gilt';";
const SHORTEST_TEXT = 3;
const BUSY_RUN = 5_000_000;

/** The first scenario: it waits for what the kernel showed last in the trial run, or for how that ended. */
export function scenarioText(trial: Trial | undefined): string {
  return `${IMPORT}

// One run of the kernel. Another file in this folder, NAME.scenario.ts, is another run.
export default defineScenario({
  description: 'From power-on to where the kernel first waits.',
  run: async (driver) => {
    ${waitFor(trial)}
    driver.screenshot('booted');
    driver.checkpoint('booted');
  },
});
`;
}

/** The wait of the scenario in words. */
export function waitText(trial: Trial | undefined): string {
  const text = trial === undefined ? undefined : lastText(trial);
  if (trial === undefined) return 'it waits until the kernel waits';
  if (trial.kind === 'ended') return `it waits for the end: ${trial.ending}`;
  if (trial.kind === 'busy') return `it runs ${BUSY_RUN} instructions, for the kernel never waits`;
  return text === undefined ? 'it waits until the kernel waits' : `it waits for the text ${JSON.stringify(text)}`;
}

function waitFor(trial: Trial | undefined): string {
  if (trial?.kind === 'ended') return 'await driver.runUntilStop();';
  if (trial?.kind === 'busy') return `await driver.runFor(${BUSY_RUN.toLocaleString('en').replaceAll(',', '_')});`;
  const text = trial === undefined ? undefined : lastText(trial);
  return text === undefined ? 'await driver.runUntilIdle();' : `await driver.runUntilText(${quoted(text)});`;
}

/** The last row that is plain text: what has no key on a keyboard can't be told from noise, nor typed into a file. */
function lastText({ screen }: Trial): string | undefined {
  return screen
    .map((row) => row.trim())
    .filter((row) => row.length >= SHORTEST_TEXT && /^[ -~]+$/.test(row) && /[A-Za-z]/.test(row))
    .at(-1);
}
