import type { Upload } from './check-message.ts';
import type { Data } from './wire.ts';

export interface Call {
	params: Readonly<Record<string, string>>;
	query: URLSearchParams;
	/** The parsed JSON, a list for bulk calls. */
	body: unknown;
	/** The same when it is an object, else empty. */
	data: Data;
	uploads: readonly Upload[];
	/** Whether the caller will never hear the answer: a switch cuts the connection. */
	lost: boolean;
}

export interface Reply {
	status: number;
	json?: unknown;
}

export interface Route {
	/** `POST /channels/:channel/messages` */
	name: string;
	/** Whether the bot's token is asked for; webhook tokens are in the path. */
	open?: boolean;
	handle(call: Call): Reply;
}

export const ok = (json: unknown): Reply => ({ status: 200, json });
export const NO_CONTENT: Reply = { status: 204 };

export interface Found {
	route: Route;
	params: Readonly<Record<string, string>>;
	/** The id that splits the route's rate limit. */
	major: string;
}

function compile(route: Route): { route: Route; method: string; pattern: RegExp } {
	const [method = '', path = ''] = route.name.split(' ');
	const source = path.replaceAll(/:([a-z]+)/g, '(?<$1>[^/]+)');
	return { route, method, pattern: new RegExp(`^${source}$`) };
}

/** Finds the route of a method and path; the first that fits counts. */
export function createRouter(routes: readonly Route[]): (method: string, path: string) => Found | null {
	const compiled = routes.map(compile);
	return (method, path) => {
		for (const { route, method: wanted, pattern } of compiled) {
			const match = wanted === method ? pattern.exec(path) : null;
			if (match === null) continue;
			const params = Object.fromEntries(
				Object.entries(match.groups ?? {}).map(([key, id]) => [key, decodeURIComponent(id)]),
			);
			const major = params.channel ?? params.guild ?? params.token ?? '';
			return { route, params, major };
		}
		return null;
	};
}
