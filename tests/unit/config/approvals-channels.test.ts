import { describe, expect, it } from 'vitest';
import { discordProblems, discordSettings } from '../../../src/config/discord-settings.ts';
import { slackProblems, slackSettings } from '../../../src/config/slack-settings.ts';

const discord = (channels: string) => ({ DISCORD_TOKEN: 't', DISCORD_APPROVALS_CHANNELS: channels });
const slack = (channels: string) => ({ SLACK_BOT_TOKEN: 'xoxb-1', SLACK_APPROVALS_CHANNELS: channels });

describe('the channels for requests whose own channel is gone', () => {
	it('are a list of ids, empty unless it is given', () => {
		const ids = ['123456789012345678', '223456789012345678'];
		expect(discordSettings(discord(` ${ids.join(' , ')},`))?.approvalsChannels).toEqual(ids);
		expect(slackSettings(slack('C1, G2'))?.approvalsChannels).toEqual(['C1', 'G2']);
		expect(discordSettings({ DISCORD_TOKEN: 't' })?.approvalsChannels).toEqual([]);
		expect(slackSettings({ SLACK_BOT_TOKEN: 'xoxb-1' })?.approvalsChannels).toEqual([]);
	});

	it('are refused where one is no id', () => {
		expect(discordProblems(discord('123456789012345678,#general'))).toMatchObject([
			{ message: expect.stringContaining('expected ids of channels') },
		]);
		expect(slackProblems(slack('C1,general'))).toMatchObject([
			{ message: expect.stringContaining('expected ids of channels') },
		]);
		expect([...discordProblems(discord('123456789012345678')), ...slackProblems(slack('C1'))]).toEqual([]);
	});
});
