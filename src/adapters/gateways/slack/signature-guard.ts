import { createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { Clock } from '../../../core/clock.ts';

/** How far the date of a signature may be off, both ways, in seconds. https://docs.slack.dev/authentication/verifying-requests-from-slack */
const WINDOW_S = 300;

/** Lets through what Slack has signed just now, once. */
export interface SignatureGuard {
	/** The signature, which is not taken again from now on; null: the request is refused. */
	admit(headers: IncomingHttpHeaders, body: Buffer): string | null;
	/** The request was not taken: Slack may send the same again. */
	release(signature: string): void;
}

/** `secret`: the app's signing secret, not empty. */
export function createSignatureGuard(secret: string, clock: Clock): SignatureGuard {
	/** Signatures that were used, by when they stop to be good anyway. */
	const used = new Map<string, number>();

	const forgetOld = (now: number): void => {
		for (const [signature, until] of used) {
			if (until >= now) return;
			used.delete(signature);
		}
	};

	return {
		admit(headers, body) {
			const now = clock.now();
			forgetOld(now);
			const stamp = headers['x-slack-request-timestamp'];
			const signature = headers['x-slack-signature'];
			if (typeof stamp !== 'string' || typeof signature !== 'string' || !/^\d{1,12}$/.test(stamp)) return null;
			if (Math.abs(now / 1000 - Number(stamp)) > WINDOW_S) return null;
			const own = createHmac('sha256', secret).update(`v0:${stamp}:`).update(body).digest();
			const given = /^v0=[\da-f]{64}$/.test(signature) ? Buffer.from(signature.slice(3), 'hex') : null;
			if (given === null || !timingSafeEqual(own, given) || used.has(signature)) return null;
			used.set(signature, now + 2 * WINDOW_S * 1000);
			return signature;
		},
		release(signature) {
			used.delete(signature);
		},
	};
}
