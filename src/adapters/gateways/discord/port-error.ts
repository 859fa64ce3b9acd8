import { BotError } from '../../../core/errors.ts';
import type { Say } from '../../../core/say.ts';
import { apiCodeOf } from './api-code.ts';
import { CODES } from './codes.ts';

/** Why nothing can be shown in a place any more, as a sentence for people; null: the failure says nothing about it. */
function goneReason(error: unknown, say: Say): string | null {
	switch (apiCodeOf(error)) {
		case CODES.unauthorized:
			return isUnauthorized(error) ? say('discord.gone.token') : null;
		case CODES.unknownChannel:
			return say('discord.gone.unknown');
		case CODES.threadLocked:
		case CODES.threadArchived:
			return say('discord.gone.locked');
		case CODES.tagRequired:
			return say('discord.gone.tag');
		case CODES.personRefuses:
			return say('discord.gone.person');
		case CODES.missingAccess:
		case CODES.missingPermissions:
			return say('discord.gone.permission');
		default:
			return null;
	}
}

/** A failure in the port's words: that a message or its place is gone. Any other stays what it is. */
export function asPortError(error: unknown, say: Say): unknown {
	if (apiCodeOf(error) === CODES.unknownMessage)
		return new BotError('message_gone', say('discord.gone.message'), { cause: error });
	const reason = goneReason(error, say);
	return reason === null ? error : new BotError('place_gone', reason, { cause: error });
}

const isUnauthorized = (error: unknown): boolean => error instanceof Error && 'status' in error && error.status === 401;
