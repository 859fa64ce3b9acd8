import type { Clock } from '../../../core/clock.ts';
import type { Installation, Installations } from './installations.ts';

/** The app in one workspace, as it is now. */
export type Workspace = Pick<Installation, 'team' | 'enterprise' | 'token' | 'botUser' | 'botId'>;

/** Who the app is where. Tokens are kept at hand: only the first look-up and an expired token wait for anything. */
export interface Workspaces {
	/** Null: the app is not there. Throws when that cannot be told now. */
	of(team: string): Promise<Workspace | null>;
	/** The app was taken out. */
	forget(team: string): Promise<void>;
	/** Somebody has installed the app; replaces what was known. */
	add(installation: Installation): Promise<void>;
}

/** What `auth.test` says of a token. */
export type Identity = Omit<Workspace, 'token'>;

/** Asks `identify` until it has answered once. */
export function onceKnown(identify: () => Promise<Identity>): () => Promise<Identity> {
	let known: Promise<Identity> | null = null;
	return () => {
		const asked = known ?? identify();
		known = asked;
		asked.catch(() => {
			known = null;
		});
		return asked;
	};
}

/** One workspace, by its bot token; `identify` says whose it is. */
export function createSingleWorkspace(token: string, identify: () => Promise<Identity>): Workspaces {
	let gone = false;
	return {
		async of(team) {
			if (gone) return null;
			const found = await identify();
			return found.team === team ? { ...found, token } : null;
		},
		async forget() {
			gone = true;
		},
		/** With a token of one workspace there is no page to install from. */
		async add() {},
	};
}

/** A token that ends sooner than this (ms) is replaced. https://docs.slack.dev/authentication/using-token-rotation */
const REFRESH_BEFORE_MS = 2 * 3_600_000;

/** What Slack gives for a refresh token. */
export type Renewed = Pick<Installation, 'token' | 'refreshToken' | 'expiresAt'>;

export interface InstalledWorkspacesOptions {
	installations: Installations;
	clock: Clock;
	/** `oauth.v2.access`. Throws what the SDK throws. */
	renew(refreshToken: string): Promise<Renewed>;
	/** A token could not be renewed, though there still is one that works. */
	onProblem(error: unknown): void;
}

/** The workspaces that have installed the app. Tokens that expire are renewed ahead of time, once and on the side. */
export function createInstalledWorkspaces(options: InstalledWorkspacesOptions): Workspaces {
	const { installations, clock } = options;
	const known = new Map<string, Installation>();
	const renewals = new Map<string, Promise<Installation>>();

	const renewed = async (installation: Installation, refreshToken: string): Promise<Installation> => {
		const next = { ...installation, ...(await options.renew(refreshToken)) };
		// Taken out in the meantime: what came too late must not bring it back.
		if (known.get(installation.team) !== installation) return installation;
		known.set(next.team, next);
		await installations.put(next);
		return next;
	};

	const renewal = (installation: Installation, refreshToken: string): Promise<Installation> => {
		const { team } = installation;
		const going = renewals.get(team) ?? renewed(installation, refreshToken).finally(() => renewals.delete(team));
		renewals.set(team, going);
		return going;
	};

	const fresh = async (installation: Installation): Promise<Installation> => {
		const { refreshToken, expiresAt } = installation;
		if (refreshToken === null || expiresAt === null) return installation;
		const left = expiresAt - clock.now();
		if (left > REFRESH_BEFORE_MS) return installation;
		const going = renewal(installation, refreshToken);
		if (left <= 0) return going;
		going.catch(options.onProblem);
		return installation;
	};

	return {
		async of(team) {
			const installation = known.get(team) ?? (await installations.get(team));
			if (installation === null) return null;
			known.set(team, installation);
			return fresh(installation);
		},
		async forget(team) {
			known.delete(team);
			await installations.remove(team);
		},
		async add(installation) {
			known.set(installation.team, installation);
			await installations.put(installation);
		},
	};
}
