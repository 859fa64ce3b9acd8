import type { CommandForm } from '../../../core/command-form.ts';
import { BotError, messageOf } from '../../../core/errors.ts';
import type { Say } from '../../../core/say.ts';
import { apiCodeOf } from './api-code.ts';
import { appCommands } from './app-commands.ts';
import { type Deployed, deployCommands } from './deploy-commands.ts';
import { createRestOnce } from './discord-client.ts';
import { loginProblem } from './login-problem.ts';
import { stopTimers } from './stop-timers.ts';

interface Registration {
	/** The bot's token. A secret. */
	token: string;
	/** Address of the REST API; null: that of Discord. */
	api: string | null;
	/** The server whose commands they are; null: everywhere. */
	guild: string | null;
}

/** `Missing Access`, `Unknown Guild` (docs, topics/opcodes): the bot is not in that server. */
const NOT_THERE: readonly (number | null)[] = [50001, 10004];

/** Registers the commands without a connection, and says what was done. Throws `config_invalid` with a sentence. */
export async function registerCommands(
	forms: readonly CommandForm[],
	{ token, api, guild }: Registration,
	sayIn: (locale: string | null) => Say,
): Promise<string> {
	const say = sayIn(null);
	const rest = await createRestOnce({ token, api });
	try {
		const { id: application } = (await rest.get('/applications/@me')) as { id: string };
		return sentenceOn(await deployCommands(appCommands(forms, sayIn), { rest, application, guild }), guild, say);
	} catch (cause) {
		const isElsewhere = guild !== null && NOT_THERE.includes(apiCodeOf(cause));
		const userMessage = isElsewhere ? say('discord.guild_unknown', { guild }) : loginProblem(cause, api, say);
		throw new BotError('config_invalid', `commands not registered: ${messageOf(cause)}`, { cause, userMessage });
	} finally {
		stopTimers(rest);
	}
}

function sentenceOn({ written, removed }: Deployed, guild: string | null, say: Say): string {
	const where = guild === null ? say('discord.deployed.everywhere') : say('discord.deployed.in_guild', { guild });
	if (written.length + removed.length === 0) return say('discord.deployed.unchanged', { where });
	return say('discord.deployed.written', { where, count: written.length + removed.length });
}
