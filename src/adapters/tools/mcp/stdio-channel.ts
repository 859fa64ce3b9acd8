import { BotError } from '../../../core/errors.ts';
import type { McpStdioLaunch } from '../../../core/mcp-settings.ts';
import type { Sandbox, SandboxLimits, SandboxMount, SandboxProcess } from '../../../core/sandbox.ts';
import type { Channel } from './connection.ts';
import { createLineTransport } from './line-transport.ts';

const MIB = 1024 * 1024;
const LIMITS: SandboxLimits = {
	memoryBytes: 512 * MIB,
	cpus: 1,
	pids: 128,
	tmpBytes: 64 * MIB,
	wallMs: null,
	outputBytes: 256 * MIB,
};
const WORKSPACE = { bytes: 64 * MIB, files: 4_096 };
/** Where a server's folder is inside of its sandbox; `${cwd}` in its settings means this. */
const FOLDER = '/workspace';
/** How much of its complaints is kept, in characters. */
const COMPLAINT = 300;

export interface StdioPlace {
	/** The run, and what names the server within it. */
	run: string;
	key: string;
	sandbox: Sandbox | null;
}

/** A channel to a program in a sandbox of its own. Throws `sandbox_failed` with a sentence when there is none. */
export async function openStdioChannel(
	launch: McpStdioLaunch,
	place: StdioPlace,
	signal: AbortSignal,
): Promise<Channel> {
	const { sandbox, run } = place;
	if (sandbox === null)
		throw unavailable('it is a program, and programs run in a container only; this one cannot run any');
	const problem = await sandbox.problem();
	if (problem !== null) throw unavailable(problem);
	const image = launch.image ?? (await sandbox.image('mcp'));
	if (image === null) throw unavailable('there is no image for MCP servers yet: run `npm run sandbox:build`');
	const { deserializeMessage, serializeMessage } = await import('@modelcontextprotocol/client');
	const mounts: SandboxMount[] = launch.workspace
		? [{ workspace: await sandbox.workspace(run, place.key, WORKSPACE), at: FOLDER, writable: true }]
		: [];
	const inside = (text: string) => text.replaceAll(`\${cwd}`, FOLDER);
	const process = await sandbox.spawn(
		{
			run,
			purpose: 'mcp',
			image,
			command: launch.command.map(inside),
			env: Object.fromEntries(Object.entries(launch.env).map(([name, value]) => [name, inside(value)])),
			mounts,
			cwd: launch.workspace ? FOLDER : '/tmp',
			limits: LIMITS,
			egress: launch.egress,
		},
		signal,
	);
	const complaint = lastWords(process, Object.values(launch.env));
	const transport = createLineTransport(process, { deserializeMessage, serializeMessage });
	return {
		transport,
		image,
		reason() {
			const reason = transport.reason();
			const words = complaint();
			return reason === null || words === '' ? reason : `${reason}, after it had written: ${words}`;
		},
		logIn: async () => false,
		close: () => transport.close(),
	};
}

/** The end of what a process writes to its error stream, without its secrets. */
function lastWords(process: SandboxProcess, secrets: readonly string[]): () => string {
	let text = '';
	const read = async () => {
		const decoder = new TextDecoder();
		for await (const chunk of process.stderr) text = (text + decoder.decode(chunk, { stream: true })).slice(-4_096);
	};
	void read().catch(() => {});
	return () => {
		const hidden = secrets.filter((secret) => secret.length >= 6);
		const masked = hidden.reduce((shown, secret) => shown.replaceAll(secret, '…'), text);
		return masked.replace(/\s+/g, ' ').trim().slice(-COMPLAINT);
	};
}

const unavailable = (why: string) => new BotError('sandbox_failed', why);
