import { describe, expect, it, onTestFinished } from 'vitest';
import { SCOPES } from '../../../src/adapters/gateways/slack/app-shape.ts';
import { type FakeSlackOptions, startFakeSlack } from '../../platforms/slack/fake-slack.ts';
import { massgen, temporaryFolder } from '../../support/command.ts';

interface Given {
	slack?: FakeSlackOptions;
	env?: Readonly<Record<string, string>>;
	args?: readonly string[];
}

/** What `npm run doctor` says of Slack: each line with its repair. */
async function doctor({
	slack: options = {},
	env = {},
	args = [],
}: Given = {}): Promise<{ code: number | null; text: string }> {
	const slack = await startFakeSlack(options);
	const folder = await temporaryFolder();
	onTestFinished(async () => {
		await slack.close();
		await folder.remove();
	});
	const tokens = { SLACK_BOT_TOKEN: slack.tokenOf('T1'), SLACK_APP_TOKEN: slack.app.appToken };
	const given = { ...tokens, SLACK_API_URL: slack.apiUrl, DATA_DIR: folder.path, ...env };
	const ended = await massgen(['doctor', '--team', 'demo', ...args], { env: given });
	const lines = ended.stdout.split('\n');
	const about = lines.filter((line, index) => /Slack|SLACK/.test(line) || /Slack|SLACK/.test(lines[index - 1] ?? ''));
	return { code: ended.code, text: about.join('\n') };
}

describe('npm run doctor on Slack', () => {
	it('finds everything well', async () => {
		const { code, text } = await doctor({ args: ['--slack-channel', 'C1'] });
		expect(code).toBe(0);
		for (const words of [
			'takes SLACK_APP_TOKEN',
			'the bot is massgen in Team T1',
			'every scope',
			'the bot is in #general',
		]) {
			expect(text).toContain(words);
		}
		expect(text).not.toContain('✗');
	});

	it.each<[string, Given, RegExp]>([
		[
			'a wrong bot token',
			{ env: { SLACK_BOT_TOKEN: 'xoxb-wrong' } },
			/refuses SLACK_BOT_TOKEN \(invalid_auth\).\n.*→ Copy the Bot User OAuth Token/,
		],
		[
			'a wrong app token',
			{ env: { SLACK_APP_TOKEN: 'xapp-wrong' } },
			/refuses SLACK_APP_TOKEN \(invalid_auth\).\n.*→ Make an app-level token/,
		],
		['no way in', { env: { SLACK_APP_TOKEN: '' } }, /no way to reach the bot.*SLACK_SIGNING_SECRET.*\n.*→ Set it/],
		[
			'missing scopes, and the events that are not sent without',
			{ slack: { app: { scopes: SCOPES.filter((scope) => scope !== 'app_mentions:read' && scope !== 'files:read') } } },
			/lacks the scopes app_mentions:read, files:read.\n.*→ Paste `slack-manifest.yaml`[\s\S]*cannot be subscribed to app_mention/,
		],
		[
			'an address where nobody is',
			{ env: { SLACK_API_URL: 'http://127.0.0.1:1/api/' } },
			/cannot be reached.*\n.*→ Check the network/,
		],
		['a channel it is not in', { args: ['--slack-channel', 'C2'] }, /not in #random.*\n.*→ Type `\/invite @massgen`/],
		[
			'a channel it cannot see',
			{ args: ['--slack-channel', 'G1'] },
			/sees no channel G1.*\n.*→ Type `\/invite @massgen`/,
		],
		['an archived channel', { args: ['--slack-channel', 'C3'] }, /#old is archived.\n.*→ Unarchive it/],
	])('names %s, with its repair', async (_, given, words) => {
		const { text } = await doctor(given);
		expect(text).toMatch(words);
	});

	it('says nothing of Slack when the bot is not there', async () => {
		const { text } = await doctor({ env: { SLACK_BOT_TOKEN: '', SLACK_APP_TOKEN: '' } });
		expect(text).toBe('');
	});
});
