import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import packageJson from '../../../package.json' with { type: 'json' };
import type { ProviderCall, Reply } from '../../platforms/model-provider/reply.ts';
import { startModelProvider } from '../../platforms/model-provider/server.ts';
import { startScript, temporaryFolder } from '../../support/command.ts';
import { docker } from '../../support/docker.ts';
import { requireService } from '../../support/services.ts';
import { teamPlayer } from '../../support/team-player.ts';
import { eventsIn } from '../../support/thread-of.ts';

const SLOW = { timeout: 5 * 60_000 };
const PACKAGES = ['@modelcontextprotocol/server-everything', '@modelcontextprotocol/server-filesystem'] as const;

beforeEach((context) => requireService('docker', context));

/** Writes a file with one tool, has another say something, and answers with what both told it. */
function busy(call: ProviderCall): Reply {
	const offered = new Set(call.tools.map(({ name }) => name));
	const told = call.messages.filter(({ role }) => role === 'tool').map(({ text }) => text);
	if (!offered.has('new_answer') || offered.has('vote')) return teamPlayer('The tools said')(call);
	if (told.length > 0) {
		return { toolCalls: [{ name: 'new_answer', arguments: { content: `The tools said: ${told.join(' + ')}` } }] };
	}
	return {
		toolCalls: [
			{ name: 'all__echo', arguments: { message: 'from inside' } },
			{ name: 'files__write_file', arguments: { path: '/workspace/note.txt', content: 'kept' } },
			{ name: 'files__read_text_file', arguments: { path: '/etc/shadow' } },
		],
	};
}

const ours = async () =>
	(
		await docker(['ps', '--all', '--filter=label=massgen.instance', '--format={{.Names}} {{.Label "massgen.run"}}'])
	).split('\n');

interface Inspected {
	Config: { User: string; Labels: Record<string, string> };
	HostConfig: Record<string, unknown>;
}

/** What every container has in common, whatever it is for and how much it may take. */
const ISOLATED = {
	NetworkMode: 'none',
	ReadonlyRootfs: true,
	Privileged: false,
	CapDrop: ['ALL'],
	SecurityOpt: ['no-new-privileges:true'],
	IpcMode: 'none',
	CgroupnsMode: 'private',
	Init: true,
	LogConfig: { Type: 'none', Config: {} },
	RestartPolicy: { Name: 'no', MaximumRetryCount: 0 },
};

/** Looks at every container of ours that is there for a moment, until told to end. */
function inspecting() {
	const seen = new Map<string, Inspected>();
	let over = false;
	const look = async () => {
		while (!over) {
			const ids = (await docker(['ps', '--quiet', '--no-trunc', '--filter=label=massgen.run'])).split('\n');
			for (const id of ids.filter((one) => one !== '' && !seen.has(one))) {
				const [found] = JSON.parse(await docker(['inspect', id]).catch(() => '[]')) as Inspected[];
				if (found !== undefined) seen.set(id, found);
			}
		}
		return [...seen.values()];
	};
	const done = look();
	return (run: string) => {
		over = true;
		return done.then((all) => all.filter(({ Config }) => Config.Labels['massgen.run'] === run));
	};
}

describe('a team whose tool servers are programs', SLOW, () => {
	it('uses them in containers, from images that were made here, and leaves none behind', async () => {
		const folder = await temporaryFolder();
		const provider = await startModelProvider({ reply: busy });
		try {
			const versions: Readonly<Record<string, string>> = packageJson.devDependencies;
			const packages = PACKAGES.map((name) => `${name}@${versions[name]}`);
			const built = await startScript('src/main.ts', ['sandbox-build', ...packages]).ended;
			expect(built, built.stderr).toMatchObject({ code: 0, stdout: expect.stringMatching(/mcp sha256:/) });
			const team = join(folder.path, 'team.yaml');
			await writeFile(
				team,
				`agents:
  - id: gpt
    backend: { type: openai, model: gpt-5.4 }
mcp_servers:
  all: { command: mcp-server-everything, args: [stdio], effects: { echo: none } }
  files: { command: mcp-server-filesystem, args: ["\${cwd}"], effects: { write_file: workspace, read_text_file: none } }
`,
			);
			const env = {
				DATA_DIR: join(folder.path, 'data'),
				OPENAI_API_KEY: 'k1',
				OPENAI_BASE_URL: `${provider.url}/v1`,
			};
			const seenOf = inspecting();
			const ended = await startScript('src/main.ts', ['ask', '--json', 'Do it.', '--config', team], { env }).ended;
			expect(ended.code, ended.stderr).toBe(0);
			const events = eventsIn(ended.stdout);
			const tools = events.flatMap((event) => (event.type === 'tool_finished' ? [[event.tool, event.isError]] : []));
			expect(tools.sort()).toEqual([
				['all__echo', false],
				['files__read_text_file', true],
				['files__write_file', false],
			]);
			const answers = events.flatMap((event) => (event.type === 'answer_given' ? [event.content] : []));
			expect(answers[0]).toContain('Echo: from inside');
			expect(answers[0]).toContain('Successfully wrote to /workspace/note.txt');
			const [started] = events.flatMap((event) => (event.type === 'run_started' ? [event.run] : []));
			const containers = await seenOf(started ?? '');
			expect(new Set(containers.map(({ Config }) => Config.Labels['massgen.purpose']))).toContain('mcp');
			for (const { Config, HostConfig } of containers) {
				expect(HostConfig).toMatchObject(ISOLATED);
				expect(Config.User).toBe('65532:65532');
				expect(HostConfig.MemorySwap).toBe(HostConfig.Memory);
				for (const limit of ['Memory', 'PidsLimit', 'NanoCpus']) expect(HostConfig[limit]).toBeGreaterThan(0);
			}
			expect((await ours()).filter((line) => line.includes(started ?? ''))).toEqual([]);
		} finally {
			await provider.close();
			await folder.remove();
		}
	});
});
