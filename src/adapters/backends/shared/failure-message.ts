import type { BackendFailure } from '../../../core/backend.ts';
import type { BackendSettings } from '../../../core/backend-settings.ts';
import { apiKeyName, providerName } from './provider-names.ts';
import { redact } from './redact.ts';

type Who = Pick<BackendSettings, 'provider' | 'model' | 'apiKey' | 'baseUrl'>;

interface Said {
	status: number | null;
	/** The provider's or the network's own words. */
	message: string;
}

const QUOTE_LENGTH = 240;

/** The provider's words as part of a sentence: one line, without keys, markup and a full stop. */
function quote(text: string, secret: string | null): string {
	const words = redact(text, secret)
		.replace(/<[^>]*>/g, ' ')
		.replace(/\s+/g, ' ')
		.trim();
	const short = words.length > QUOTE_LENGTH ? `${words.slice(0, QUOTE_LENGTH)}...` : words;
	return short.replace(/\.$/, '') || 'no reason given';
}

function originOf(baseUrl: string | null): string | null {
	return baseUrl !== null && URL.canParse(baseUrl) ? new URL(baseUrl).origin : null;
}

function keySentence(name: string, { provider, apiKey }: Who): string {
	const keyName = apiKeyName(provider);
	return apiKey === null
		? `${name} asks for an API key and none is set. Set ${keyName} and try again.`
		: `${name} refused the API key. Check ${keyName}: it may be mistyped, expired or of another account.`;
}

/** One sentence or two for a person: what happened and what to do. Without secrets. */
export function failureMessage(failure: BackendFailure, who: Who, said: Said): string {
	const name = providerName(who.provider);
	const why = quote(said.message, who.apiKey);
	const status = said.status === null ? '' : ` (${said.status})`;
	const origin = originOf(who.baseUrl);
	switch (failure) {
		case 'authentication':
			return keySentence(name, who);
		case 'permission':
			return `${name} does not allow this key to use ${who.model}: ${why}. Check the account's access, or use another model.`;
		case 'model_unknown':
			return `${name} does not know the model ${who.model}${origin ? ` at ${origin}` : ''}: ${why}. Check \`model\`${origin ? ' and `base_url`' : ''}.`;
		case 'request_invalid':
			return `${name} refused the request${status}: ${why}. Check the settings of ${who.model}.`;
		case 'context_too_long':
			return `The conversation is too long for ${who.model}: ${why}. Ask a shorter question, or use a model with a larger context.`;
		case 'rate_limited':
			return `${name} limits how often this key may call ${who.model}: ${why}. Wait a moment, or set a rate limit for this backend.`;
		case 'quota_exhausted':
			return `The account at ${name} has no credit left: ${why}. Add credit or check its billing, then try again.`;
		case 'overloaded':
			return `${name} has trouble of its own${status}: ${why}. Try again later.`;
		case 'unreachable':
			return origin
				? `${name} cannot be reached: is the server running at ${origin}? (${why}) Start it, or correct \`base_url\`.`
				: `${name} cannot be reached (${why}). Check the network connection and a proxy, if there is one.`;
		case 'stream_broken':
			return `The connection to ${name} broke off (${why}). Try again.`;
		case 'response_invalid':
			return `${name}'s reply could not be read (${why}). Check that \`base_url\` leads to the right kind of API.`;
		case 'content_refused':
			return `${name} refused to answer: ${why}. Put the question differently, or use another model.`;
		case 'timeout':
			return `${name} took too long to answer (${why}). Try again.`;
		case 'aborted':
			return 'The call was stopped.';
	}
}
