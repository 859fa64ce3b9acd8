import { readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { createSqliteStore } from '../../../src/adapters/stores/sqlite.ts';
import type { RunEvent } from '../../../src/core/run-event.ts';
import { keptFile } from '../../../src/sessions/kept-file.ts';
import { systemClock } from '../../../src/system-clock.ts';
import type { ProviderCall, Reply } from '../../platforms/model-provider/reply.ts';
import { startModelProvider } from '../../platforms/model-provider/server.ts';
import { startScript, temporaryFolder } from '../../support/command.ts';
import { docker } from '../../support/docker.ts';
import { requireService } from '../../support/services.ts';
import { eventsIn } from '../../support/thread-of.ts';

const SLOW = { timeout: 5 * 60_000 };

beforeEach((context) => requireService('docker', context));

const TEAM = `agents:
  - id: ada
    backend: { type: openai, model: gpt-5.4 }
  - id: bob
    backend: { type: openai, model: gpt-5.4-mini }
orchestrator: { workspaces: true }
`;

type Calls = NonNullable<Reply['toolCalls']>;
const toldTo = (call: ProviderCall) => call.messages.filter(({ role }) => role === 'tool').map(({ text }) => text);
const kindOf = (call: ProviderCall) => {
	const offered = new Set(call.tools.map(({ name }) => name));
	return offered.has('vote') ? 'evaluate' : offered.has('new_answer') ? 'answer' : 'present';
};

/** Does some calls at first, then ends the turn. */
const turn = (call: ProviderCall, first: Calls, end: Reply): Reply =>
	toldTo(call).length === 0 ? { toolCalls: first } : end;

const write = (path: string, content: string) => ({ name: 'write_file', arguments: { path, content } });
const nameOf = (model: string, call: ProviderCall) => {
	const prompt = call.messages.map(({ text }) => text).join('\n');
	return /name="(agent\d+)"[^>]*>[^<]*by ada/.exec(prompt)?.[1] ?? model;
};

async function world(reply: (call: ProviderCall) => Reply, project: string | null = null) {
	const folder = await temporaryFolder();
	const provider = await startModelProvider({ reply });
	onTestFinished(async () => {
		await provider.close();
		await folder.remove();
	});
	const team = join(folder.path, 'team.yaml');
	const context = `orchestrator: { workspaces: true, context_paths: [{ path: ${project}, permission: write }] }`;
	await writeFile(team, project === null ? TEAM : TEAM.replace(/orchestrator: .*/, context));
	const dataDir = join(folder.path, 'data');
	const env = { DATA_DIR: dataDir, OPENAI_API_KEY: 'k1', OPENAI_BASE_URL: `${provider.url}/v1` };
	return {
		dataDir,
		start: (args: readonly string[], more: Readonly<Record<string, string>> = {}) =>
			startScript('src/main.ts', ['ask', '--json', ...args, '--config', team], { env: { ...env, ...more } }),
	};
}

async function contentOf(dataDir: string, id: string): Promise<string> {
	const store = await createSqliteStore({ dataDir, clock: systemClock });
	try {
		return Buffer.from((await keptFile(store, id)) ?? []).toString();
	} finally {
		await store.close();
	}
}

const presented = (events: readonly RunEvent[]) =>
	events.flatMap((event) => (event.type === 'presented' ? [event.files] : [])).at(-1);

async function noneLeft(events: readonly RunEvent[]): Promise<void> {
	const [run = ''] = events.flatMap((event) => (event.type === 'run_started' ? [event.run] : []));
	expect(await docker(['ps', '--all', '--quiet', `--filter=label=massgen.run=${run}`])).toBe('');
	expect(await docker(['volume', 'ls', '--quiet', `--filter=label=massgen.run=${run}`])).toBe('');
}

describe('a team whose agents have folders', SLOW, () => {
	it('sees the files of each answer read-only, and the files of the winner come with the result', async () => {
		const told: string[] = [];
		const prompts: string[] = [];
		const { start, dataDir } = await world((call) => {
			prompts.push(call.system);
			const me = call.model === 'gpt-5.4' ? 'ada' : 'bob';
			switch (kindOf(call)) {
				case 'answer':
					return turn(call, [write('report.md', `Report of ${me}\n`), write('.env', 'KEY=1')], {
						toolCalls: [{ name: 'new_answer', arguments: { content: `See report.md, by ${me}.` } }],
					});
				case 'evaluate': {
					told.push(...toldTo(call));
					const look = ['agent1', 'agent2'].flatMap((name) => [
						{ name: 'read_file', arguments: { path: `/workspace/answers/${name}/report.md` } },
						write(`/workspace/answers/${name}/report.md`, 'spoiled'),
					]);
					const vote = { agent_id: nameOf('', call), reason: 'Its file is good.' };
					return turn(call, look, { toolCalls: [{ name: 'vote', arguments: vote }] });
				}
				case 'present':
					return turn(call, [write('out/final.md', 'Final\n')], { text: 'It is in out/final.md.' });
			}
		});
		const ended = await start(['Write a report.']).ended;
		expect(ended.code, ended.stderr).toBe(0);
		const events = eventsIn(ended.stdout);
		for (const author of ['ada', 'bob']) expect(told.join('\n')).toContain(`Report of ${author}`);
		expect(told.filter((text) => text.includes('read-only to you'))).toHaveLength(4);
		expect(told.join('\n')).not.toContain('spoiled');
		expect(prompts[0]).toContain('Your workspace is /workspace/work');
		const files = presented(events);
		expect(files).toMatchObject({ count: 3, listed: [{ path: 'out/final.md' }, { path: 'report.md' }] });
		expect(await contentOf(dataDir, files?.listed[1]?.id ?? '')).toBe('Report of ada\n');
		await noneLeft(events);
	});

	it('finds them again after kill -9: those of an answer, and those of a turn that was not over', async () => {
		let life = 1;
		/** Both have written into their open turns. */
		const bothWait = Promise.withResolvers<void>();
		const waiting = new Set<string>();
		const told: string[] = [];
		const { start } = await world((call) => {
			switch (kindOf(call)) {
				case 'answer':
					return turn(call, [write('a.txt', 'from the answer')], {
						toolCalls: [{ name: 'new_answer', arguments: { content: `See a.txt of ${call.model}.` } }],
					});
				case 'evaluate': {
					const results = toldTo(call);
					if (results.length === 0) return { toolCalls: [write('b.txt', 'from the open turn')] };
					if (life === 1) {
						waiting.add(call.model);
						if (waiting.size === 2) bothWait.resolve();
						return { text: 'Let me see.', fault: { type: 'hang' } };
					}
					if (results.length === 1) return { toolCalls: [{ name: 'list_files', arguments: {} }] };
					told.push(results.at(-1) ?? '');
					return { toolCalls: [{ name: 'vote', arguments: { agent_id: 'agent1', reason: 'All there.' } }] };
				}
				case 'present':
					return { text: 'Done.' };
			}
		});
		const first = start(['Write files.']);
		await bothWait.promise;
		first.process.kill('SIGKILL');
		await first.ended;
		life = 2;
		const ended = await start(['--resume']).ended;
		expect(ended.code, ended.stderr).toBe(0);
		expect(told).toHaveLength(2);
		for (const text of told) expect(text).toContain('a.txt  15\nb.txt  18');
		expect(presented(eventsIn(ended.stdout))).toMatchObject({ count: 2 });
		await noneLeft(eventsIn(ended.stdout));
	});

	it('works on a project that an admin has opened: copies for all, changes by the presenting agent alone', async () => {
		const project = await temporaryFolder();
		onTestFinished(() => project.remove());
		await writeFile(join(project.path, 'page.html'), 'Old\n');
		const page = `/workspace/context/${basename(project.path)}/page.html`;
		const told: string[] = [];
		const { start, dataDir } = await world((call) => {
			const change = { name: 'edit_file', arguments: { path: page, old_text: 'Old', new_text: 'New' } };
			const read = { name: 'read_file', arguments: { path: page } };
			switch (kindOf(call)) {
				case 'answer': {
					told.push(...toldTo(call));
					const content = `The page needs a change, says ${call.model}.`;
					return turn(call, [read, change], { toolCalls: [{ name: 'new_answer', arguments: { content } }] });
				}
				case 'evaluate':
					return { toolCalls: [{ name: 'vote', arguments: { agent_id: 'agent1', reason: 'Right.' } }] };
				case 'present':
					return turn(call, [change], { text: 'The page is changed in my copy.' });
			}
		}, project.path);
		const refused = await start(['Change the page.']).ended;
		expect(refused.code).not.toBe(0);
		expect(refused.stderr).toMatch(/is not open to agents; an admin opens it with ALLOWED_FOLDERS/);
		const ended = await start(['Change the page.'], { ALLOWED_FOLDERS: project.path }).ended;
		expect(ended.code, ended.stderr).toBe(0);
		expect(told.filter((text) => text.includes('Old'))).toHaveLength(2);
		expect(told.filter((text) => text.includes('read-only to you'))).toHaveLength(2);
		const files = presented(eventsIn(ended.stdout));
		expect(files?.listed.map(({ path }) => path)).toEqual(['changes.diff']);
		expect(await contentOf(dataDir, files?.listed[0]?.id ?? '')).toContain('-Old\n+New\n');
		expect(await readFile(join(project.path, 'page.html'), 'utf8')).toBe('Old\n');
		await noneLeft(eventsIn(ended.stdout));
	});
});
