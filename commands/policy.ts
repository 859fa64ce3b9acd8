import { z } from 'zod';
import type { Command, PolicyTrial } from '../src/core/command.ts';
import { revealedText } from '../src/core/foreign-text.ts';
import { quoted, replyParts } from '../src/core/reply-text.ts';
import type { ArgumentTest, PolicyRule, RiskPolicy } from '../src/core/risk-policy.ts';
import type { Say } from '../src/core/say.ts';

const options = z.strictObject({
	action: z.enum(['show', 'test']).default('show'),
	call: z.string().min(1).optional(),
});

/** `/massgen policy`: the rules for calls of tools, and what they would make of a call. */
export const policy: Command<typeof options> = {
	name: 'policy',
	permission: 'policy:read',
	reach: 'everywhere',
	options,
	async run({ action, call }, bot, { locale, say, reply }) {
		if (action === 'show') {
			for (const part of replyParts(policyText(bot.policy(), say))) await reply(part);
			return;
		}
		const asked = callIn(call ?? '');
		if (asked === null) return reply(say('policy.which'));
		const trial = await bot.tryPolicy({ ...asked, locale });
		for (const part of replyParts(trialText(trial, asked.input, say))) await reply(part);
	},
};

/** `name {"argument": 1}`: the tool, and its arguments as JSON; without any: none. */
function callIn(text: string): { tool: string; input: unknown } | null {
	const [tool = '', rest = ''] = /^\s*(\S+)\s*([\s\S]*)$/.exec(text)?.slice(1) ?? [];
	if (tool === '') return null;
	try {
		return { tool, input: rest.trim() === '' ? {} : JSON.parse(rest) };
	} catch {
		return null;
	}
}

function policyText(rules: RiskPolicy, say: Say): string {
	const { version, external, irreversible, requesterUpTo, openCards } = rules;
	const risk = (name: PolicyRule['risk']) => say(`policy.risk.${name}`);
	return [
		say('policy.heading', { version: version.slice(0, 12) }),
		...rules.rules.map((rule) => ruleText(rule, say)),
		say('policy.others', { external: risk(external), irreversible: risk(irreversible) }),
		say('policy.limits', { requester: risk(requesterUpTo), count: openCards }),
	].join('\n');
}

function ruleText({ id, verdict, risk, source, tool, arguments: tests, text }: PolicyRule, say: Say): string {
	const words = { rule: id, tool: patternOf(source, tool), text: text === '' ? '' : `. ${text}` };
	const level = verdict === 'ask' ? ` (${say(`policy.risk.${risk}`)})` : '';
	const head = say('policy.rule', { ...words, verdict: `${say(`policy.verdict.${verdict}`)}${level}` });
	if (tests === null || tests.size === 0) return head;
	return [head, ...[...tests].map(([path, test]) => `    ${path}: ${testText(test)}`)].join('\n');
}

const patternOf = (source: string | null, tool: string | null) => `${source ?? '*'} / ${tool ?? '*'}`;

function testText(test: ArgumentTest): string {
	switch (test.type) {
		case 'any':
			return '*';
		case 'equals':
			return `= ${JSON.stringify(test.value)}`;
		case 'in':
			return test.values.map((value) => JSON.stringify(value)).join(' | ');
		case 'matches':
			return `/${test.pattern}/`;
	}
}

function trialText({ tool, isKnown, clean, tainted }: PolicyTrial, input: unknown, say: Say): string {
	const name = revealedText(tool);
	return [
		...(isKnown ? [] : [say('policy.unknown_tool', { tool: name })]),
		say('policy.would.clean', { tool: name, verdict: rulingText(clean, say) }),
		say('policy.would.tainted', { verdict: rulingText(tainted, say) }),
		quoted(JSON.stringify(input)),
	].join('\n');
}

function rulingText({ verdict, risk, needed, reasons }: PolicyTrial['clean'], say: Say): string {
	const why = reasons.map(({ rule, text }) => (text === '' ? rule : `${rule}: ${revealedText(text)}`)).join('; ');
	if (verdict !== 'ask') return `${say(verdict === 'run' ? 'policy.runs' : 'policy.is_refused')} (${why})`;
	return `${say('policy.asks', { count: needed, risk: say(`policy.risk.${risk}`) })} (${why})`;
}
