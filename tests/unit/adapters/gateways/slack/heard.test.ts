import { describe, expect, it } from 'vitest';
import { heardOf } from '../../../../../src/adapters/gateways/slack/heard.ts';
import { typedText } from '../../../../../src/adapters/gateways/slack/typed-text.ts';

const workspace = { team: 'T1', enterprise: null, token: 'xoxb-1', botUser: 'UBOT', botId: 'BBOT' };
const said = (event: object) => heardOf({ channel: 'C1', ts: '1.1', user: 'U1', text: 'Why?', ...event }, workspace);

describe('what a person typed', () => {
	it.each([
		['a &lt; b &amp;&amp; c &gt; d', 'a < b && c > d'],
		[
			'see <https://a.example/x?y=1|a page> and <https://b.example>',
			'see a page (https://a.example/x?y=1) and https://b.example',
		],
		['<http://a.example|a.example>', 'http://a.example'],
		['<mailto:a@b.example|a@b.example>', 'a@b.example'],
		['in <#C123|general> with <@U123|ada> and <@U456>', 'in #general with @ada and @U456'],
		['<!here> <!subteam^S1|@ops> <!channel>', '@here @ops @channel'],
		['1 < 2 and <b>bold</b> and &amp;lt;', '1 < 2 and <b>bold</b> and &lt;'],
	])('%s', (raw, typed) => {
		expect(typedText(raw)).toBe(typed);
	});
});

describe('what the app hears', () => {
	it('is the text without the mention', () => {
		expect(said({ text: '<@UBOT> Why?' })).toMatchObject({
			text: 'Why?',
			mentioned: true,
			direct: false,
			thread: null,
		});
		expect(said({ text: 'Why, <@UBOT|massgen>?', thread_ts: '1.0' })).toMatchObject({ mentioned: true, thread: '1.0' });
		expect(said({ channel: 'D1' })).toMatchObject({ direct: true, mentioned: false });
		expect(said({ subtype: 'file_share', files: [{ id: 'F1', name: 'a.txt' }] })).toMatchObject({
			files: [{ id: 'F1' }],
		});
	});

	it.each([
		['its own words', { user: 'UBOT' }],
		["another bot's", { bot_id: 'BOTHER' }],
		['an edit', { subtype: 'message_changed', hidden: true }],
		['a message that was edited into a mention', { text: '<@UBOT> Why?', edited: { user: 'U1', ts: '1.2' } }],
		['somebody who joins', { subtype: 'channel_join' }],
		['nobody', { user: undefined }],
		['what is said to somebody else', { text: '<@U2> Why?' }],
	])('is not %s', (_, event) => {
		expect(said(event)).toBeNull();
	});

	it('is not what has no shape of a message', () => {
		for (const event of [null, 1, {}, { channel: 1 }, []]) expect(heardOf(event, workspace)).toBeNull();
	});
});
