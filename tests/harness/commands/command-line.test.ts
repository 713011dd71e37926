import { describe, expect, test } from 'vitest';
import { EVENT_KINDS } from '../../../harness/commands/dump.ts';
import { EVENT_KINDS as TRACE_EVENT_KINDS } from '../../../traces/index.ts';
import { gilt } from '../host-stub.ts';
import { makeFolder, makeProject } from '../project-folder.ts';

const COMMANDS = ['gate', 'bless', 'record', 'replay', 'diff', 'dump', 'screen'];

test('--help names every command, --version the version', async () => {
  const help = await gilt('/', ['--help']);
  expect(help.code).toBe(0);
  for (const command of COMMANDS) expect(help.out).toContain(`gilt ${command}`);
  expect((await gilt('/', ['--version'])).out).toMatch(/^\d+\.\d+\.\d+\n$/);
});

test.each(COMMANDS)('%s --help has examples', async (command) => {
  const { code, out, err } = await gilt('/', [command, '--help']);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toMatch(/Examples:\n {2}gilt /);
});

describe('wrong usage is one line on stderr and exit code 2', () => {
  test.each([
    [[], 'gilt: a command is missing; see gilt --help'],
    [['recrod'], 'gilt: unknown command recrod; did you mean record?'],
    [['xyzzy'], 'gilt: Unknown argument: xyzzy; see gilt --help'],
    [['gate', '--reporter'], 'gilt: Not enough arguments following: reporter; see gilt --help'],
    [['bless', '--only'], 'gilt: Not enough arguments following: only'],
    [['record'], 'gilt: record takes the name of a scenario, or --image'],
    [['record', 'boot', '--foo'], 'gilt: Unknown argument: foo'],
    [['record', 'boot', '--engine', 'fast'], 'gilt: Invalid values'],
    [['replay', 'a', 'b'], 'gilt: Unknown argument: b'],
    [['dump', 'x', '--events', 'foo'], 'gilt: --events "foo": there is writes, control'],
    [['dump', 'x', '--range', '5..3'], 'gilt: --range "5..3": give FROM..TO'],
    [['dump', 'x', '--range', 'abc'], 'gilt: --range "abc": give FROM..TO'],
    [['dump', 'x', '--range', '0..1', '--events', 'control'], 'gilt: --range is about writes'],
    [['diff', 'a', 'b', '--lens', 'memroy'], 'gilt: no lens "memroy"; there is allocations'],
    [['diff', 'a', 'b', '--level', 'memory'], 'gilt: --level "memory": give LENS=LEVEL'],
    [['diff', 'a', 'b', '--level', 'memory=strict'], 'gilt: --level "memory=strict": give LENS=LEVEL'],
  ])('%j', async (args, message) => {
    const { code, out, err } = await gilt(makeProject(), args);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(/^[^\n]*\n$/);
    expect(err).toContain(message);
  });
});

test('outside a project the folder is named', async () => {
  const folder = makeFolder();
  const { code, err } = await gilt(folder, ['gate']);
  expect({ code, err }).toEqual({ code: 2, err: `gilt: ${folder}: no gilt.config.ts here or in a folder above\n` });
});

test('what a config has wrong is named with file and field', async () => {
  const folder = makeProject({ 'gilt.config.ts': 'export default { image: 7 };' });
  const { code, err } = await gilt(folder, ['gate']);
  expect(code).toBe(2);
  expect(err).toBe(`gilt: ${folder}/gilt.config.ts: image: is 7; it must be the path of a disk image\n`);
});

test('dump knows every kind of event that a trace can have', () => {
  expect([...EVENT_KINDS].sort()).toEqual([...TRACE_EVENT_KINDS].sort());
});
