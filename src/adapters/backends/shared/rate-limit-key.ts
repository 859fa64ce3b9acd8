import { createHash } from 'node:crypto';
import type { BackendSettings } from '../../../core/backend-settings.ts';

/** Whose limit a call counts towards: the provider and the key, hashed; without a key the address stands in for it. */
export function rateLimitKey(settings: Pick<BackendSettings, 'provider' | 'apiKey' | 'baseUrl'>): string {
	const account = settings.apiKey ?? settings.baseUrl ?? '';
	return `${settings.provider}:${createHash('sha256').update(account).digest('hex').slice(0, 16)}`;
}
