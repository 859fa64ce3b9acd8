import { createHmac } from 'node:crypto';
import type { Clock } from '../../../core/clock.ts';
import { isSame } from './is-same.ts';

export interface SignIn {
	/** Whether there is a token. */
	readonly isNeeded: boolean;
	/** Whether this `Cookie` header is that of somebody who knows the token. Always, when no token is set. */
	isSignedIn(cookies: string | undefined): boolean;
	/** The `Set-Cookie` header for this token, or null when it is wrong. */
	enter(token: string): string | null;
	/** The `Set-Cookie` header that forgets the person. */
	leave(): string;
}

/** How long a person stays signed in, in seconds. */
const LASTS_S = 30 * 86_400;

/**
 * Signing in with one shared token. The cookie holds the time of signing in, signed with the token: it survives a
 * restart, ends when the token is changed, and does not tell the token. Cookies are shared by all ports of a
 * machine, so `name` should be a different one for each.
 */
export function createSignIn({ token, name, clock }: { token: string | null; name: string; clock: Clock }): SignIn {
	const attributes = 'Path=/; HttpOnly; SameSite=Strict';
	const now = () => Math.floor(clock.now() / 1000);
	const signed = (at: number) =>
		`${at}.${createHmac('sha256', token ?? '')
			.update(`signed in ${at}`)
			.digest('hex')}`;

	const isValid = (value: string) => {
		const at = Number(/^(\d{1,12})\./.exec(value)?.[1] ?? Number.NaN);
		const age = now() - at;
		return age >= 0 && age < LASTS_S && isSame(value, signed(at));
	};

	return {
		isNeeded: token !== null,
		isSignedIn: (cookies) => token === null || valuesOf(cookies, name).some(isValid),
		enter(given) {
			if (token !== null && !isSame(given, token)) return null;
			return `${name}=${signed(now())}; ${attributes}; Max-Age=${LASTS_S}`;
		},
		leave: () => `${name}=; ${attributes}; Max-Age=0`,
	};
}

function valuesOf(cookies: string | undefined, name: string): string[] {
	return (cookies ?? '').split(';').flatMap((pair) => {
		const [key, ...value] = pair.trim().split('=');
		return key === name ? [value.join('=')] : [];
	});
}
