import { messageOf } from '../../../core/errors.ts';
import type { Say } from '../../../core/say.ts';

/** Why Discord did not let the bot in, and what repairs it. */
export function loginProblem(cause: unknown, api: string | null, say: Say): string {
	const reason = messageOf(cause);
	if (/invalid token|authentication failed|unauthorized/i.test(reason)) return say('discord.token_invalid');
	if (/disallowed intent/i.test(reason)) return say('discord.intent_missing');
	const host = api === null ? 'discord.com' : new URL(api).host;
	return say('discord.unreachable', { host, reason });
}
