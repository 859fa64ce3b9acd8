import { join, resolve } from 'node:path';
import { type FixedGrant, OWNER } from '../core/access.ts';
import type { ClientSettings } from '../core/client.ts';
import { CLIENT_TOKEN, CLIENT_TOKEN_SHAPE } from './access-schema.ts';
import type { Environment } from './prepare.ts';
import { environmentProblem, type Problem } from './problem.ts';
import { settings as known, resolveSetting } from './setting.ts';

export interface AuditSettings {
	/** As AUDIT_KEY has it. A secret. Null: the file in the data folder. */
	key: string | null;
	/** Absolute. */
	checkpoints: string;
}

export function auditSettings(env: Environment, dataDir: string, cwd: string): AuditSettings {
	const key = resolveSetting(known.auditKey, { env });
	const checkpoints = resolveSetting(known.auditCheckpoints, { env });
	return {
		key: key.from === 'default' ? null : key.value,
		checkpoints:
			checkpoints.from === 'default' ? join(dataDir, 'audit-checkpoints.jsonl') : resolve(cwd, checkpoints.value),
	};
}

/** The client whose token API_TOKEN is. */
export function clientsOf(env: Environment): readonly ClientSettings[] {
	const { value: token, from } = resolveSetting(known.apiToken, { env });
	return from === 'default' ? [] : [{ name: 'api', token }];
}

/** The owners that OWNERS names. */
export function ownersOf(env: Environment): readonly FixedGrant[] {
	return ownerWords(env).flatMap((word) => {
		const [platform = '', tenant = '', user = ''] = word.split(':');
		return isAccount(word)
			? [{ role: OWNER, platform, tenant, channel: null, to: { type: 'user' as const, id: user } }]
			: [];
	});
}

export function accessEnvironmentProblems(env: Environment): Problem[] {
	const bad = ownerWords(env).find((word) => !isAccount(word));
	const message = `expected platform:tenant:user with commas between them, such as discord:1323802873036800006:1323802873036800001; found "${bad}"`;
	const { value, from } = resolveSetting(known.auditKey, { env });
	const isShort = from !== 'default' && Buffer.from(value, 'base64').length < 32;
	const isGuessable = clientsOf(env).some(({ token: text }) => !CLIENT_TOKEN.test(text));
	return [
		...(isGuessable ? [environmentProblem('API_TOKEN', CLIENT_TOKEN_SHAPE)] : []),
		...(bad === undefined ? [] : [environmentProblem('OWNERS', message)]),
		...(isShort ? [environmentProblem('AUDIT_KEY', 'expected what `openssl rand -base64 32` prints')] : []),
	];
}

function ownerWords(env: Environment): string[] {
	const { value, from } = resolveSetting(known.owners, { env });
	return from === 'default' ? [] : value.split(/[,\s]+/).filter((word) => word !== '');
}

/** Names are not taken: `discord` and `slack` have ids for servers, workspaces and people. */
export const isAccount = (word: string): boolean =>
	/^(?:discord:(?:\d{15,20}|dm):\d{15,20}|slack:[TE][A-Z0-9]+:[UW][A-Z0-9]+|(?:web|terminal):[^:]+:[^:]+)$/.test(word);
