import { describe, expect, it } from 'vitest';
import { errorsOf, loaded, TWO } from './check.ts';

const settingsWith = async (env: Record<string, string>) => (await loaded(TWO, { env })).settings;

describe('where the page is served', () => {
	it('is this machine alone, port 8080, without a token', async () => {
		expect(await settingsWith({})).toMatchObject({ port: 8080, host: '127.0.0.1', webToken: null });
		expect(await settingsWith({ PORT: '', HOST: '', WEB_TOKEN: '' })).toMatchObject({
			port: 8080,
			host: '127.0.0.1',
			webToken: null,
		});
	});

	it('is what the environment says', async () => {
		const env = { PORT: '0', HOST: '0.0.0.0', WEB_TOKEN: 's3cret' };
		expect(await settingsWith(env)).toMatchObject({ port: 0, host: '0.0.0.0', webToken: 's3cret' });
	});

	it.each([
		['localhost', 'localhost'],
		['::1', '::1'],
		['[::1]', '::1'],
		['fe80::1%eth0', 'fe80::1%eth0'],
		['bot.example', 'bot.example'],
	])('may be %s', async (given, host) => {
		expect(await settingsWith({ HOST: given })).toMatchObject({ host });
	});

	it.each(['65536', '-1', '80.5', 'http', ' ', '0x50'])('is not port %j', async (port) => {
		expect(await errorsOf(TWO, { env: { PORT: port } })).toEqual([
			`environment PORT: expected a port from 0 to 65535, found "${port}"`,
		]);
	});

	it.each(['http://127.0.0.1', '127.0.0.1:8080/x', 'two words', '*'])('is not at %j', async (host) => {
		const [error, ...others] = await errorsOf(TWO, { env: { HOST: host } });
		expect(error).toContain(`environment HOST: expected an address of this machine`);
		expect(others).toEqual([]);
	});
});
