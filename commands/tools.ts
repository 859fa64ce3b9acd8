import { z } from 'zod';
import type { Command } from '../src/core/command.ts';
import { revealedText } from '../src/core/foreign-text.ts';
import { quoted, replyParts } from '../src/core/reply-text.ts';
import type { Say } from '../src/core/say.ts';
import type { ToolDefinition, ToolServerView, ToolView } from '../src/core/tool-pins.ts';

/** Places where whoever types has the machine, or the page's password. */
const OWN_PLACES: readonly string[] = ['terminal', 'web'];

const options = z.strictObject({
	action: z.enum(['list', 'show', 'pin']).default('list'),
	server: z.string().min(1).optional(),
	tool: z.string().min(1).optional(),
});

/** `/massgen tools`: the MCP servers, what their tools say of themselves, and whether they may be used. */
export const tools: Command<typeof options> = {
	name: 'tools',
	permission: 'tool:read',
	reach: 'everywhere',
	options,
	async run({ action, server, tool }, bot, { principal, demand, say, reply }) {
		const known = await bot.toolServers();
		if (known.length === 0) return reply(say('tools.none'));
		if (action === 'list') return reply(listOf(known, say));
		const meant = known.filter((one) => one.server === server);
		if (server === undefined || meant.length === 0) {
			const names = [...new Set(known.map((one) => one.server))].join(', ');
			return reply(say('tools.which', { servers: names }));
		}
		if (action === 'show') {
			for (const part of replyParts(meant.map((one) => detailsOf(one, tool ?? null, say)).join('\n\n')))
				await reply(part);
			return;
		}
		await demand('tool:pin');
		if (!OWN_PLACES.includes(principal.platform)) return reply(say('tools.elsewhere', { server }));
		const accepted = await bot.acceptTools(server, tool ?? null, principal);
		const names = accepted.map(revealedText).join(', ');
		return reply(
			accepted.length === 0 ? say('tools.nothing_waits', { server }) : say('tools.accepted', { server, names }),
		);
	},
};

function listOf(servers: readonly ToolServerView[], say: Say): string {
	const lines = servers.map(({ server, tools: found }) => {
		if (found === null) return say('tools.unseen', { server });
		const waiting = found.filter(({ state }) => state !== 'accepted').map(({ name }) => revealedText(name));
		if (waiting.length === 0) return say('tools.row', { server, count: found.length });
		return say('tools.waiting', { server, count: found.length, waiting: waiting.join(', ') });
	});
	return lines.join('\n');
}

function detailsOf({ server, instructions, tools: found }: ToolServerView, wanted: string | null, say: Say): string {
	const shown = (found ?? []).filter(({ name }) => wanted === null || name === wanted);
	if (shown.length === 0) return say(found === null ? 'tools.unseen' : 'tools.no_tool', { server });
	const told = instructions === '' ? [] : [say('tools.instructions'), quoted(instructions)];
	return [say('tools.heading', { server }), ...told, ...shown.map((tool) => toolText(tool, say))].join('\n');
}

function toolText({ name, state, digest, accepted, seen }: ToolView, say: Say): string {
	const title = say(`tools.state.${state}`, { name: revealedText(name), digest });
	if (state !== 'changed' || accepted === null) return [title, quoted(json(seen))].join('\n');
	const lines = difference(leavesOf(accepted), leavesOf(seen));
	return lines.length === 0
		? [title, say('tools.same')].join('\n')
		: [title, say('tools.difference'), quoted(lines.join('\n'))].join('\n');
}

/** The lines by which what was accepted and what is seen now differ. */
function difference(before: ReadonlyMap<string, string>, now: ReadonlyMap<string, string>): string[] {
	return [...new Set([...before.keys(), ...now.keys()])].sort().flatMap((path) => {
		const [old, fresh] = [before.get(path), now.get(path)];
		if (old === fresh) return [];
		return [
			...(old === undefined ? [] : [`- ${path}: ${old}`]),
			...(fresh === undefined ? [] : [`+ ${path}: ${fresh}`]),
		];
	});
}

/** Every value in a definition, as JSON, by where it stands. */
function leavesOf(value: unknown, path = ''): Map<string, string> {
	if (typeof value !== 'object' || value === null || Object.keys(value).length === 0) {
		return new Map([[path, JSON.stringify(value) ?? '']]);
	}
	return new Map(
		Object.entries(value).flatMap(([key, inner]) => [...leavesOf(inner, path === '' ? key : `${path}.${key}`)]),
	);
}

const json = (definition: ToolDefinition) => JSON.stringify(definition, null, 1);
