import { describe, expect, it } from 'vitest';
import { formatProblem } from '../../../src/config/problem.ts';
import { secretsOf } from '../../../src/config/secrets-of.ts';
import { checkFiles, mustLoad } from './check.ts';

const ROLES = "roles: { owner: { allow: ['*'] } }\ngiven: { web: [owner] }\n";
const TEAM = 'agents: [{ id: a, backend: { type: scripted, model: m, script: { answer: [{ new_answer: Yes. }] } } }]\n';
const TOKEN = 'a-token-of-some-length';

const withClients = (clients: string, env: Record<string, string> = {}) =>
	checkFiles({ 'team.yaml': TEAM, 'access.yaml': `${ROLES}clients:\n${clients}` }, { env });
const errorsOf = async (clients: string) => (await withClients(clients)).errors.map(formatProblem).join('\n');

describe('clients in access.yaml', () => {
	it('have their tokens from the environment, and these count as secrets', async () => {
		const env = { BOT: TOKEN };
		const config = mustLoad(await withClients(`  - {name: build-bot, token: "\${BOT}"}\n`, env));
		expect(config.access.clients).toEqual([{ name: 'build-bot', token: TOKEN }]);
		expect(secretsOf(config, env)).toContain(TOKEN);
	});

	it('are refused with a sentence when they cannot be told apart, or their tokens can be guessed', async () => {
		const one = `  - {name: build-bot, token: ${TOKEN}}\n`;
		expect(await errorsOf(`${one}${one}`)).toContain('the client build-bot is there already');
		const same = await errorsOf(`${one}  - {name: other, token: ${TOKEN}}\n`);
		expect(same).toContain('another client has this token');
		const short = await errorsOf('  - {name: build-bot, token: hunter2}\n');
		expect(short).toContain('at least 16 characters');
		expect(await errorsOf(`  - {name: Build Bot, token: ${TOKEN}}\n`)).toContain('small letters');
		expect(await errorsOf(`  - {name: build-bot, token: "\${BOT}"}\n`)).toContain('BOT is not set');
		for (const said of [same, short]) expect(said).not.toMatch(/hunter2|a-token-of/);
	});

	it('can be one that the environment makes', async () => {
		const env = { API_TOKEN: TOKEN };
		const files = { 'team.yaml': TEAM, 'access.yaml': ROLES };
		expect(mustLoad(await checkFiles(files, { env })).access.clients).toEqual([{ name: 'api', token: TOKEN }]);
		const { errors } = await checkFiles(files, { env: { API_TOKEN: 'hunter2' } });
		expect(errors.map(formatProblem).join()).toMatch(/API_TOKEN.*at least 16 characters/);
	});
});
