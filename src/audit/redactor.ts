import { createHmac } from 'node:crypto';
import { withoutSecrets } from '../config/mask-secrets.ts';

/** Shorter ones would be found in ordinary words. */
const SHORTEST = 8;

/** Takes secrets out of everything that a row says. `redactions`: texts in which there were some. */
export type Redact = <Value>(value: Value) => { value: Value; redactions: number };

/**
 * Known secrets go in every form they may have been copied in (plain, base64, URL-encoded), and with them what looks like
 * a key. In the place of a known one stands a mark that is the same for the same secret, made with `key`.
 */
export function createRedactor(secrets: readonly string[], key: Buffer): Redact {
	const known = secrets
		.filter((secret) => secret.length >= SHORTEST)
		.flatMap((secret) => {
			const mark = `‹redacted:known:${createHmac('sha256', key).update(secret).digest('hex').slice(0, 8)}›`;
			return formsOf(secret).map((form): [string, string] => [form, mark]);
		})
		.sort(([a], [b]) => b.length - a.length);

	return (value) => {
		let redactions = 0;
		const clean = (text: string): string => {
			const plain = known.reduce((rest, [form, mark]) => rest.replaceAll(form, mark), text);
			const masked = withoutSecrets(plain);
			if (masked !== text) redactions += 1;
			return masked;
		};
		return { value: mapTexts(value, clean) as typeof value, redactions };
	};
}

function formsOf(secret: string): string[] {
	const base64 = Buffer.from(secret).toString('base64').replace(/=+$/, '');
	const url = Buffer.from(secret).toString('base64url');
	return [...new Set([secret, encodeURIComponent(secret), base64, url])];
}

function mapTexts(value: unknown, clean: (text: string) => string): unknown {
	if (typeof value === 'string') return clean(value.toWellFormed());
	if (Array.isArray(value)) return value.map((one) => mapTexts(one, clean));
	if (typeof value !== 'object' || value === null) return value;
	return Object.fromEntries(
		Object.entries(value).map(([key, one]) => [clean(key.toWellFormed()), mapTexts(one, clean)]),
	);
}
