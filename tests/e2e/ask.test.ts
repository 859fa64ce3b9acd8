import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { massgen, startScript, temporaryFolder } from '../support/command.ts';
import { eventsIn } from '../support/thread-of.ts';

const CONNECT = /OPENAI_API_KEY.*ANTHROPIC_API_KEY.*GEMINI_API_KEY/;
let folder: string;
let env: Record<string, string>;

beforeEach(async () => {
	const made = await temporaryFolder();
	folder = made.path;
	env = { DATA_DIR: join(folder, 'data') };
	return made.remove;
});

async function teamFile(text: string): Promise<string> {
	const file = join(folder, 'team.yaml');
	await writeFile(file, text);
	return file;
}

const scripted = (script: string, rest = '') => `agents:
  - id: solo
    backend: { type: scripted, model: scripted, script: ${script} }
${rest}`;
const QUICK = '{ answer: [{ new_answer: Yes. }] }';
const HANGING = '{ answer: [{ hang: true }] }';

describe('npm run ask', () => {
	it('without a key is answered by the demo team, and says so with the line that connects a model', async () => {
		const ended = await massgen(['ask', 'Why', 'is the sky blue?'], { env });
		expect(ended.code).toBe(0);
		expect(ended.stderr).toMatch(CONNECT);
		for (const part of ['optimist', 'sceptic', 'pragmatist', 'Why is the sky blue?', 'Vote', 'Answer', '$0.00']) {
			expect(ended.stdout).toContain(part);
		}
		expect(ended.stdout).toMatch(/scripted/i);
	}, 30_000);

	it('--json prints one event per line and nothing else, text_delta only with --deltas', async () => {
		const file = await teamFile(scripted(QUICK));
		const plain = await massgen(['ask', '--json', '--config', file, 'Really?'], { env });
		expect(plain).toMatchObject({ code: 0, stderr: '' });
		const types = eventsIn(plain.stdout).map((event) => event.type);
		expect(types[0]).toBe('run_started');
		expect(types.at(-1)).toBe('run_finished');
		expect(types).not.toContain('text_delta');
		const deltas = await massgen(['ask', '--json', '--deltas', '--config', file, 'Really?'], { env });
		expect(eventsIn(deltas.stdout).map((event) => event.type)).toContain('text_delta');
	});

	it('--quick lets the first agent answer alone, with one model call', async () => {
		const ended = await massgen(['ask', '--json', '--quick', '--team', 'demo', 'Hm?'], { env });
		expect(eventsIn(ended.stdout).at(-1)).toMatchObject({
			outcome: 'answered',
			winner: 'optimist',
			spend: { modelCalls: 1 },
		});
	});

	it('--dry-run shows team, prompt sizes and worst-case cost and calls nobody', async () => {
		const trio = await massgen(['ask', '--dry-run', '--team', 'trio', 'Hm?'], {
			env: { ...env, OPENAI_API_KEY: 'k', ANTHROPIC_API_KEY: 'k', GEMINI_API_KEY: 'k' },
		});
		expect(trio.code).toBe(0);
		expect(trio.stdout).toMatch(/Worst-case cost: \$\d+\.\d{4}/);
		expect(trio.stdout).toMatch(/first answer \d+ tokens/);
		const json = await massgen(['ask', '--dry-run', '--json', '--team', 'demo', 'Hm?'], { env });
		expect(JSON.parse(json.stdout)).toMatchObject({ team: 'demo', ordinaryCalls: 7, worstCostMicroUsd: 0 });
		await expect(readFile(join(folder, 'data', 'massgen.db'))).rejects.toThrow();
	});

	it('reads the question from standard input', async () => {
		const file = await teamFile(scripted(QUICK));
		const ended = await massgen(['ask', '--json', '--config', file, '-'], { env, input: 'From a pipe?\n' });
		expect(eventsIn(ended.stdout)[0]).toMatchObject({ question: 'From a pipe?\n' });
	});

	it('--approve ask takes what a person decides from the input, and without it nobody is asked', async () => {
		const args = ['ask', '--config', 'tests/e2e/fixtures/chat.yaml', '--team', 'tied', 'Hm?'];
		const asked = await massgen([...args, '--approve', 'ask'], { env, input: '2\n' });
		expect(asked).toMatchObject({ code: 0, stdout: expect.stringContaining('You decided: bob.') });
		const unasked = await massgen(args, { env, input: '2\n' });
		expect(unasked).toMatchObject({ code: 0, stdout: expect.not.stringContaining('You decided') });
	});

	it('reads .env in the working directory', async () => {
		await writeFile(join(folder, '.env'), 'MASSGEN_TEAM=nobody-has-this-team\n');
		const file = await teamFile(scripted(QUICK));
		const ended = await massgen(['ask', '--config', file, 'Hm?'], { env, cwd: folder });
		expect(ended).toMatchObject({ code: 1, stderr: expect.stringContaining('nobody-has-this-team') });
	});
});

describe('exit codes', () => {
	it('2 when no agent could answer, saying why', async () => {
		const file = await teamFile(
			scripted('{ answer: [{ fail: { failure: authentication, message: The key was refused. } }] }'),
		);
		const ended = await massgen(['ask', '--config', file, 'Hm?'], { env });
		expect(ended.code).toBe(2);
		expect(ended.stdout).toContain('The key was refused.');
	});

	it('3 when the run deadline cut it', async () => {
		const file = await teamFile(scripted(HANGING));
		const ended = await massgen(['ask', '--json', '--config', file, '--timeout', '1', 'Hm?'], { env });
		expect(ended.code).toBe(3);
		expect(eventsIn(ended.stdout).at(-1)).toMatchObject({
			outcome: 'failed',
			shortfalls: ['run_deadline', 'below_quorum'],
		});
	});

	it('4 on Ctrl-C, at once, with the line that resumes it; and that line does', async () => {
		const slow = '{ answer: [{ delay_ms: 60000, new_answer: Late. }] }';
		const running = startScript('src/main.ts', ['ask', '--config', await teamFile(scripted(slow)), 'Hm?'], { env });
		await running.shows(/solo: thinking/);
		running.process.kill('SIGINT');
		const ended = await running.ended;
		expect(ended.code).toBe(4);
		const [, run = ''] = /npm run ask -- --resume (\w+)/.exec(ended.stderr) ?? [];
		const resumed = await massgen(['ask', '--json', '--resume', run, '--config', await teamFile(scripted(QUICK))], {
			env,
		});
		expect(resumed.code).toBe(0);
		expect(eventsIn(resumed.stdout).at(-1)).toMatchObject({ outcome: 'answered', answer: 'Yes.' });
	}, 30_000);
});

describe('bad input', () => {
	it.each([
		['an unknown team', ['--team', 'dmo', 'Hm?'], /no team dmo.*did you mean demo/i],
		['an empty question', ['--team', 'demo', ' '], /question is empty/],
		['an unknown option', ['--tam', 'demo', 'Hm?'], /--tam/],
		['a missing file', ['--config', 'nowhere.yaml', 'Hm?'], /nowhere\.yaml/],
		['a team without its keys', ['--team', 'trio', 'Hm?'], /OPENAI_API_KEY/],
		['a run that does not exist', ['--resume', 'zzz'], /no run zzz/],
		['nothing to resume', ['--resume'], /no interrupted run/],
	])('%s: exit code 1 and a message', async (_, args, message) => {
		const ended = await massgen(['ask', ...args], { env });
		expect(ended).toMatchObject({ code: 1, stderr: expect.stringMatching(message) });
		expect(ended.stderr).not.toMatch(/\n\s+at /);
		expect(ended.stdout).not.toContain('run_started');
	});

	it('a question of 100,000 characters is answered, one more is refused', async () => {
		const file = await teamFile(scripted(QUICK));
		const args = ['ask', '--json', '--config', file, '-'];
		expect((await massgen(args, { env, input: 'x'.repeat(100_000) })).code).toBe(0);
		const ended = await massgen(args, { env, input: 'x'.repeat(300_000) });
		expect(ended).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('100,000') });
	});

	it.each([
		['a tab in YAML', 'agents:\n\t- id: a\n', /team\.yaml:2/],
		['a misspelt key', 'agents:\n  - id: a\n    bakend: { type: scripted }\n', /team\.yaml:3:5.*backend/s],
		['a V1 key', 'models: [gpt-4]\n', /models.*agents/s],
		['a broken script', scripted('{ answer: [{ vote_for: x }] }'), /vote_for/],
	])('%s: names the place and what to do', async (_, text, message) => {
		const ended = await massgen(['ask', '--config', await teamFile(text), 'Hm?'], { env });
		expect(ended).toMatchObject({ code: 1, stderr: expect.stringMatching(message) });
	});

	it('two processes on one data folder: the second names the first and what to do', async () => {
		const first = startScript('src/main.ts', ['ask', '--config', await teamFile(scripted(HANGING)), 'Hm?'], { env });
		await first.shows(/solo: thinking/);
		const second = await massgen(['ask', '--team', 'demo', 'Hm?'], { env });
		expect(second).toMatchObject({
			code: 1,
			stderr: expect.stringMatching(new RegExp(`${first.process.pid}.*DATA_DIR`, 's')),
		});
		first.process.kill('SIGINT');
		await first.ended;
	});

	it('a data folder that is a file', async () => {
		await writeFile(join(folder, 'data'), '');
		const ended = await massgen(['ask', '--team', 'demo', 'Hm?'], { env });
		expect(ended).toMatchObject({ code: 1, stderr: expect.stringContaining('DATA_DIR') });
	});
});

describe('npm run doctor', () => {
	it('says of a file alone whether it loads: 0 with warnings, 1 with the errors', async () => {
		const good = await teamFile(scripted(QUICK, 'ui: { display_type: simple }\n'));
		const fine = await massgen(['doctor', '--config', good, '--offline'], { env });
		expect(fine.code).toBe(0);
		expect(fine.stdout).toContain('display_type');
		const bad = await teamFile('agents: 3\nquorm: 1\n');
		const broken = await massgen(['doctor', '--config', bad, '--offline'], { env });
		expect(broken.code).toBe(1);
		expect(broken.stdout.match(/team\.yaml:\d+/g)?.length).toBeGreaterThanOrEqual(2);
	});

	it('checks the default configuration, and never prints a key', async () => {
		const key = 'sk-secret-0123456789abcdef';
		await mkdir(join(folder, 'data'), { recursive: true });
		const ended = await massgen(['doctor'], {
			env: { ...env, OPENAI_API_KEY: key, OPENAI_BASE_URL: 'http://127.0.0.1:65531/v1' },
		});
		expect(ended.code).toBe(1);
		expect(ended.stdout).toContain('127.0.0.1:65531');
		expect(ended.stdout + ended.stderr).not.toContain(key);
		expect((await massgen(['doctor'], { env })).code).toBe(0);
	}, 30_000);
});
