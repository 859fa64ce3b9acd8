import { createHash } from 'node:crypto';
import type { BackendSettings } from '../../../core/backend-settings.ts';

type Account = Pick<BackendSettings, 'provider' | 'apiKey' | 'baseUrl'>;

/** A backend's settings do not change while it lives, and it asks with every call. */
const known = new WeakMap<Account, string>();

/** Whose limit a call counts towards: the provider and the key, hashed; without a key the address stands in for it. */
export function rateLimitKey(settings: Account): string {
	const key = known.get(settings) ?? keyOf(settings);
	known.set(settings, key);
	return key;
}

function keyOf({ provider, apiKey, baseUrl }: Account): string {
	const account = apiKey ?? baseUrl ?? '';
	return `${provider}:${createHash('sha256').update(account).digest('hex').slice(0, 16)}`;
}
