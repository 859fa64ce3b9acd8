import { z } from 'zod';
import type { Approval, ApprovalItem } from '../src/core/approval.ts';
import type { Command } from '../src/core/command.ts';
import { revealedText } from '../src/core/foreign-text.ts';
import { quoted, replyParts } from '../src/core/reply-text.ts';
import type { Say } from '../src/core/say.ts';

const options = z.strictObject({
	action: z.enum(['list', 'show']).default('list'),
	id: z.string().min(1).optional(),
});

/** `/massgen approvals`: the requests that wait for people here, and all about one of them. */
export const approvals: Command<typeof options> = {
	name: 'approvals',
	permission: 'approval:read',
	reach: 'everywhere',
	options,
	async run({ action, id }, bot, { session, say, reply }) {
		if (action === 'list') {
			const open = await bot.approvals(session);
			return reply(open.length === 0 ? say('approvals.none') : open.map((one) => rowOf(one, say)).join('\n'));
		}
		const found = id === undefined ? null : await bot.approval(session, id);
		if (found === null) return reply(say('approvals.which'));
		for (const part of replyParts(detailsOf(found, say))) await reply(part);
	},
};

function rowOf({ id, name, items, expiresAt, deciders }: Approval, say: Say): string {
	const tools = [...new Set(items.map(({ tool }) => revealedText(tool)))].join(', ');
	return say('approvals.row', { id, name, tools, until: timeOf(expiresAt), deciders: lineOf(deciders) });
}

function detailsOf(approval: Approval, say: Say): string {
	const { id, name, run, title, createdAt, expiresAt, deciders, items, policy } = approval;
	const times = { since: timeOf(createdAt), until: timeOf(expiresAt), deciders: lineOf(deciders) };
	return [
		say('approvals.heading', { id, name, run, policy: policy.slice(0, 12) }),
		quoted(title),
		say('approvals.times', times),
		...items.flatMap((item) => itemText(item, say)),
	].join('\n');
}

function itemText(item: ApprovalItem, say: Say): string[] {
	const { tool, source, risk, state, needed, votes, reasons, denial, before, revision, digest } = item;
	const given = votes.filter(({ decision }) => decision === 'approve').length;
	const why = reasons.map(({ rule, text }) => lineOf(text === '' ? rule : `${rule}: ${text}`)).join('; ');
	const facts = { tool: lineOf(tool), source: lineOf(source), risk: say(`policy.risk.${risk}`) };
	return [
		'',
		say('approvals.item', { ...facts, state: say(`approvals.state.${state}`), given, needed }),
		say('approvals.reasons', { why }),
		say('approvals.arguments', { revision, digest: digest.slice(0, 12) }),
		quoted(item.arguments),
		...(before === null ? [] : [say('approvals.before'), quoted(before)]),
		...(denial === null ? [] : [say('approvals.denial'), quoted(denial)]),
	];
}

const timeOf = (at: number) => new Date(at).toISOString();

/** Foreign text in one line, so that it cannot look like anything else. */
const lineOf = (text: string) => revealedText(text).replace(/\s+/g, ' ').trim();
