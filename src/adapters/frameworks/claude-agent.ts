import { access, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import type { Options, SDKResultMessage } from '@anthropic-ai/claude-agent-sdk';
import { BotError } from '../../core/errors.ts';
import type { ExternalAgent, ExternalEvent, ExternalRequest } from '../../core/external-agent.ts';
import type { ModuleSettings } from '../../core/external-settings.ts';
import { type Usage, unknownUsage } from '../../core/usage.ts';
import { createMessageReader, usageOf, usageSince } from './claude-agent/messages.ts';
import { createPermissions, type Permissions, type Waiting, waitingSchema } from './claude-agent/permissions.ts';
import { createProgram } from './claude-agent/program.ts';
import { loadExport } from './shared/load-export.ts';
import { neededEnvironment } from './shared/program.ts';

type Sdk = typeof import('@anthropic-ai/claude-agent-sdk');

/**
 * An agent of the Claude Agent SDK: options of the user's, with which Claude Code is started for each reply. It works in
 * the folder of the options, or in an empty one. Throws `config_invalid`.
 */
export async function openClaudeAgent(settings: ModuleSettings): Promise<ExternalAgent> {
	const sdk = await import('@anthropic-ai/claude-agent-sdk');
	const options = await loadExport(settings, 'a set of options of the Claude Agent SDK', isOptions);
	// A session that the options name is somebody else's.
	const { continue: _continue, resume: _resume, sessionId: _session, forkSession: _fork, ...rest } = options;
	const own: Options = { ...rest, pathToClaudeCodeExecutable: await executableOf(options) };
	const life = new AbortController();
	return {
		...{ framework: 'claude_agent', callsTools: false },
		ownTools: settings.ownTools ?? ownToolsOf(own),
		reply: (request, signal) => replyOf(sdk, own, request, AbortSignal.any([signal, life.signal])),
		async close() {
			life.abort();
		},
	};
}

async function* replyOf(
	sdk: Sdk,
	own: Options,
	request: ExternalRequest,
	signal: AbortSignal,
): AsyncGenerator<ExternalEvent, void> {
	const { resume } = request;
	const waiting = resume === null ? null : waitingSchema.parse(JSON.parse(resume.state));
	const folder = own.cwd === undefined ? await folderOf(waiting?.folder ?? null) : null;
	const cwd = folder ?? own.cwd ?? '';
	const session = waiting !== null && (await isKnown(sdk, waiting.session, cwd)) ? waiting.session : null;
	const permissions = createPermissions(waiting?.actions ?? [], resume?.decisions ?? []);
	const program = createProgram();
	const reader = createMessageReader();
	const abortController = new AbortController();
	const stop = () => {
		abortController.abort();
		program.end();
	};
	signal.addEventListener('abort', stop, { once: true });
	let isWaiting = false;
	try {
		signal.throwIfAborted();
		const messages = sdk.query({
			prompt: session === null ? promptOf(request, permissions.note()) : (permissions.note() ?? ''),
			options: {
				...{ spawnClaudeCodeProcess: program.start, env: environment(), ...own, cwd, abortController },
				...{ systemPrompt: joined(own.systemPrompt, request.instructions), includePartialMessages: true },
				...(session === null ? {} : { resume: session }),
				// Nobody could give an answer to it.
				disallowedTools: [...(own.disallowedTools ?? []), 'AskUserQuestion'],
				...(asksItself(own) ? {} : { canUseTool: permissions.canUseTool }),
			},
		});
		try {
			for await (const message of messages) yield* reader.take(message);
		} catch (thrown) {
			// After its result, how it ended is of no interest.
			if (reader.result() === null) throw (await program.problem()) ?? thrown;
		}
		const used = session === null ? null : (waiting?.used ?? null);
		const ending = endOf(reader.result(), { permissions, used, folder, session: reader.session() });
		isWaiting = ending.type === 'interrupted';
		yield ending;
	} finally {
		signal.removeEventListener('abort', stop);
		stop();
		if (!isWaiting) await forget(sdk, reader.session(), cwd, folder);
	}
}

interface Left {
	permissions: Permissions;
	/** What its session had used before; null: it is a new one. */
	used: Usage | null;
	folder: string | null;
	session: string | null;
}

/** Throws what a result with a status is, so that it is classed like any other. */
function endOf(result: SDKResultMessage | null, { permissions, used, folder, session }: Left): ExternalEvent {
	const total = result === null ? unknownUsage : usageOf(result);
	const usage = used === null ? total : usageSince(total, used);
	const actions = permissions.open();
	if (actions.length > 0 && session !== null) {
		const state = { session, folder, actions: [...actions], used: total } satisfies Waiting;
		return { type: 'interrupted', state: JSON.stringify(state), actions, usage };
	}
	if (result === null) throw new Error('Claude Code ended its reply without a result.');
	if (result.subtype === 'success' && !result.is_error) return { type: 'finished', text: result.result, usage };
	const said = result.subtype === 'success' ? result.result : (result.errors[0] ?? result.subtype);
	const message = `Claude Code ended with an error: ${said.slice(0, SHOWN)}`;
	const status = result.subtype === 'success' ? result.api_error_status : null;
	if (status != null) throw Object.assign(new Error(message), { status });
	return { type: 'failed', failure: 'response_invalid', retryable: true, message, usage };
}

/** How much of an error is shown, in characters. */
const SHOWN = 200;

/** The whole turn in one prompt, for each reply has a session of its own. A reply that was interrupted begins anew. */
function promptOf({ messages, resume }: ExternalRequest, note: string | null): string {
	const before = messages.findLastIndex(({ role }) => role === 'assistant');
	const kept = resume === null || before === -1 ? messages : messages.slice(0, before);
	const turns = kept.map(({ role, text }) => (role === 'user' ? text : `Your reply was:\n\n${text}`));
	return [...turns, ...(note === null ? [] : [note])].join('\n\n');
}

function joined(own: Options['systemPrompt'], instructions: string): NonNullable<Options['systemPrompt']> {
	const after = (text: string | undefined) => (text === undefined ? instructions : `${text}\n\n${instructions}`);
	if (own === undefined || typeof own === 'string') return after(own);
	if (Array.isArray(own)) return [...own, instructions];
	if (own.type === 'preset') return { ...own, append: after(own.append) };
	return { ...own, prompt: [own.prompt, instructions].flat() };
}

/** Options by which tools may work that nobody is asked about. */
const LOOSE = [
	...['allowedTools', 'agents', 'hooks', 'plugins', 'settings', 'managedSettings', 'sandbox', 'extraArgs'],
	...['canUseTool', 'permissionPromptToolName', 'permissionPrompts', 'skills', 'agent'],
	...['additionalDirectories', 'projectConfigRoot'],
] as const;

/** It asks where its options alone say what it may do, and they let it do nothing unasked but read in its folder. */
function ownToolsOf(options: Options): ExternalAgent['ownTools'] {
	const { settingSources, permissionMode = 'default', tools, mcpServers } = options;
	const isClosed = settingSources?.length === 0 && LOOSE.every((key) => Reflect.get(options, key) === undefined);
	const allows = Object.values(mcpServers ?? {}).some((server) => Reflect.get(server, 'tools') !== undefined);
	if (!isClosed || allows || (permissionMode !== 'default' && permissionMode !== 'plan')) return 'ungated';
	return Array.isArray(tools) && tools.length === 0 && mcpServers === undefined ? 'none' : 'gated';
}

const asksItself = (own: Options) => own.canUseTool !== undefined || own.permissionPromptToolName !== undefined;

/** What Claude Code is given of the environment where the options do not say: none of the keys of others. */
function environment(): NonNullable<Options['env']> {
	const its = Object.entries(process.env).filter(([name]) => /^(?:ANTHROPIC|CLAUDE)_/.test(name));
	return { ...neededEnvironment(), ...Object.fromEntries(its) };
}

/** The SDK brings no Claude Code of its own here. Throws `config_invalid`. */
async function executableOf({ pathToClaudeCodeExecutable: named, spawnClaudeCodeProcess }: Options): Promise<string> {
	if (spawnClaudeCodeProcess !== undefined) return named ?? 'claude';
	const places = (process.env.PATH ?? '').split(delimiter).filter((place) => place !== '');
	const candidates = named === undefined ? places.map((place) => join(place, 'claude')) : [named];
	for (const candidate of candidates) if (await isThere(candidate)) return candidate;
	const what = named === undefined ? 'is not on this machine' : `is not at ${named}`;
	const repair = 'Install it, or correct `pathToClaudeCodeExecutable` in the options.';
	throw new BotError('config_invalid', `Claude Code ${what}. ${repair}`);
}

/** The folder that it had while it waited, or a new one. */
async function folderOf(former: string | null): Promise<string> {
	if (former !== null && (await isThere(former))) return former;
	return mkdtemp(join(tmpdir(), 'massgen-agent-'));
}

/** Whether a session can be gone on with on this machine. One that cannot is begun anew. */
const isKnown = async (sdk: Sdk, session: string, dir: string): Promise<boolean> =>
	(await sdk.getSessionMessages(session, { dir, limit: 1 }).catch(() => [])).length > 0;

/** What was said is kept by this program alone. */
async function forget(sdk: Sdk, session: string | null, dir: string, folder: string | null): Promise<void> {
	// One that was not kept is not there.
	if (session !== null) await sdk.deleteSession(session, { dir }).catch(() => {});
	if (folder !== null) await rm(folder, { recursive: true, force: true });
}

const isThere = (path: string): Promise<boolean> =>
	access(path).then(
		() => true,
		() => false,
	);

const isOptions = (value: unknown): value is Options =>
	typeof value === 'object' && value !== null && !Array.isArray(value);
