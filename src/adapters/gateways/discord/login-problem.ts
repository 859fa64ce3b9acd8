import { BotError, messageOf } from '../../../core/errors.ts';
import type { Say } from '../../../core/say.ts';

/** Why Discord did not let the bot in, and what repairs it. */
export function loginProblem(cause: unknown, api: string | null, say: Say): string {
	const reason = messageOf(cause);
	const refusal = refusalIn(reason, say);
	if (refusal !== null) return refusal;
	const host = api === null ? 'discord.com' : new URL(api).host;
	return say('discord.unreachable', { host, reason });
}

/** The same as an error: `config_invalid` for what is wrong on our side, else one that may be tried again. */
export function loginError(cause: unknown, api: string | null, say: Say): Error {
	const refusal = refusalIn(messageOf(cause), say);
	if (refusal === null) return new Error(loginProblem(cause, api, say), { cause });
	return new BotError('config_invalid', `no connection to Discord: ${messageOf(cause)}`, {
		cause,
		userMessage: refusal,
	});
}

function refusalIn(reason: string, say: Say): string | null {
	if (/invalid token|authentication failed|unauthorized/i.test(reason)) return say('discord.token_invalid');
	return /disallowed intent/i.test(reason) ? say('discord.intent_missing') : null;
}
