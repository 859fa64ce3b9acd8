import { z } from 'zod';
import { BotError } from '../../../core/errors.ts';
import type { Say } from '../../../core/say.ts';
import type { Store } from '../../../core/store.ts';
import { type Seal, sealedSchema } from './seal.ts';

const installationSchema = z.object({
	team: z.string(),
	name: z.string(),
	enterprise: z.string().nullable(),
	/** A secret, as is `refreshToken`. */
	token: z.string(),
	botUser: z.string(),
	botId: z.string(),
	/** Null: the token does not expire. */
	refreshToken: z.string().nullable(),
	/** Milliseconds since the epoch. */
	expiresAt: z.number().nullable(),
});
/** The app in one workspace. */
export type Installation = z.infer<typeof installationSchema>;

/** Every workspace that has the app; nothing of it can be read in the store without the key. */
export interface Installations {
	/** Throws `config_invalid` when it was sealed with another key. */
	get(team: string): Promise<Installation | null>;
	put(installation: Installation): Promise<void>;
	remove(team: string): Promise<void>;
}

const KIND = 'slack-installation';

export function createInstallations(store: Store, seal: Seal, say: Say): Installations {
	return {
		async get(team) {
			const found = await store.get(KIND, team);
			if (found === null) return null;
			try {
				return installationSchema.parse(JSON.parse(seal.open(sealedSchema.parse(found.value), team)));
			} catch (cause) {
				const userMessage = say('slack.wrong_encryption_key', { team });
				throw new BotError('config_invalid', `the installation of ${team} cannot be opened`, { cause, userMessage });
			}
		},
		async put(installation) {
			const { team } = installation;
			const value = seal.close(JSON.stringify(installation), team);
			await store.commit([{ type: 'put', kind: KIND, key: team, value }]);
		},
		async remove(team) {
			await store.commit([{ type: 'delete', kind: KIND, key: team }]);
		},
	};
}
