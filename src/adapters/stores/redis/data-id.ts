import { randomUUID } from 'node:crypto';
import { BotError } from '../../../core/errors.ts';
import { LAYOUT_VERSION, type Layout } from './layout.ts';
import type { Link } from './link.ts';

/** In the place of an id while data are being moved in: not to be used before that is done. */
export const UNFINISHED = 'unfinished';

/** The text that tells this set of data from any other; made when there is none. Throws `store_failed`. */
export async function claimData(link: Link, layout: Layout, address: string): Promise<string> {
	await link.request((client) => client.setnx(layout.about, `${LAYOUT_VERSION} ${randomUUID()}`));
	const about = (await link.request((client) => client.get(layout.about))) ?? '';
	const [version, id] = about.split(' ');
	if (id === UNFINISHED) {
		throw new BotError(
			'store_failed',
			`Redis at ${address} holds under ${layout.all}* what \`npm run store -- migrate\` did not finish. Delete these keys` +
				' and run it again, or set REDIS_PREFIX to another prefix.',
		);
	}
	if (Number(version) === LAYOUT_VERSION && id !== undefined) return about;
	throw new BotError(
		'store_failed',
		`What Redis at ${address} holds under ${layout.all}* was written by a newer version of MassGen Chat, or by another` +
			' program. Install the newer version again, or set REDIS_PREFIX to another prefix.',
	);
}
