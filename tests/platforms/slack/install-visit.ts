import type { OAuth } from './oauth.ts';
import type { SlackTeam } from './world.ts';

/** The last page of an installation, as the browser shows it. */
export interface InstallPage {
	status: number;
	body: string;
	/** Where Slack sent the browser to, with code and state. */
	callback: string;
}

const cookieOf = (answer: Response) => answer.headers.getSetCookie().map((cookie) => cookie.split(';')[0]);

/** The authorize URL that an install page leads to: where it redirects, or its link. */
async function authorizeUrlOf(answer: Response): Promise<string> {
	const location = answer.headers.get('location');
	if (location !== null) return location;
	const link = /href="([^"]*client_id=[^"]*)"/.exec(await answer.text())?.[1];
	if (link === undefined) throw new Error('the install page leads nowhere');
	return link.replaceAll('&amp;', '&');
}

/**
 * Installs the app as a person does in a browser: install page, consent, callback; the cookie is kept.
 * `tamper` changes the callback before it is visited.
 */
export async function installFrom(
	oauth: OAuth,
	given: {
		installUrl: string;
		team: SlackTeam;
		user: string;
		declines?: boolean;
		tamper?: (callback: string) => string;
	},
): Promise<InstallPage> {
	const page = await fetch(given.installUrl, { redirect: 'manual' });
	const authorizeUrl = await authorizeUrlOf(page);
	const agreed = given.declines ? oauth.decline(authorizeUrl) : oauth.consent(authorizeUrl, given.team, given.user);
	const callback = given.tamper?.(agreed) ?? agreed;
	const answer = await fetch(callback, { redirect: 'manual', headers: { cookie: cookieOf(page).join('; ') } });
	return { status: answer.status, body: await answer.text(), callback };
}
