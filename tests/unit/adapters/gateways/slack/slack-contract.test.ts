import { describe, onTestFinished } from 'vitest';
import { createSlackGateway } from '../../../../../src/adapters/gateways/slack/slack-gateway.ts';
import { createMemoryStore } from '../../../../../src/adapters/stores/memory.ts';
import type { CommandForm } from '../../../../../src/core/command-form.ts';
import type { GatewayHost } from '../../../../../src/core/gateway.ts';
import { decodeSessionId } from '../../../../../src/core/session-id.ts';
import { type GatewaySeat, gatewayContract } from '../../../../contracts/gateway-contract.ts';
import { startFakeSlack } from '../../../../platforms/slack/fake-slack.ts';
import { createQuickClock } from '../../../../support/quick-clock.ts';
import { strictEnglish } from '../../../../support/say.ts';

const ask: CommandForm = {
	name: 'ask',
	fields: [{ name: 'question', type: 'text', required: true, choices: [], suggests: null }],
};
/** How much faster than the machine's the time of the gateway goes: long answers take a minute to post. */
const SPEED = 50;
const CHANNEL = 'C1';

/** Ada in the channel #general, and what she sees there. A mention comes as one event, for nobody drops the second. */
async function seatAt(host: GatewayHost): Promise<GatewaySeat> {
	const say = await strictEnglish();
	const clock = createQuickClock(SPEED);
	const events = new Set(['message.channels', 'message.im']);
	const slack = await startFakeSlack({ app: { events }, tiers: { enforced: false } });
	onTestFinished(() => slack.close());
	const none = { signingSecret: null, clientId: null, clientSecret: null, encryptionKey: null, redirectUrl: null };
	const gateway = createSlackGateway({
		credentials: { ...none, botToken: slack.tokenOf('T1'), appToken: slack.app.appToken },
		apiUrl: slack.apiUrl,
		host: '127.0.0.1',
		port: 0,
		approvalsChannels: [],
		store: createMemoryStore(),
		clock,
		sayIn: () => say,
		onProblem: () => {},
	});
	const handed: (() => void)[] = [];
	const receive: GatewayHost['receive'] = (inbound) => host.receive(inbound).finally(() => handed.shift()?.());
	await gateway.start({ ...host, receive, commands: () => [ask] });
	const ada = slack.person('T1', 'U1');

	/** Does something and waits until the bot has dealt with it. */
	const handedOver = async (act: () => Promise<unknown>): Promise<void> => {
		const done = new Promise<void>((resolve) => void handed.push(resolve));
		await act();
		await done;
	};
	const threadOf = (session: string) => slack.messages('T1', CHANNEL, decodeSessionId(session).thread);

	return {
		gateway,
		clock,
		until: (work) => work,
		ask: (question) => handedOver(() => ada.mention(CHANNEL, question)),
		followUp: (session, question) =>
			handedOver(() => ada.say(CHANNEL, question, { threadTs: decodeSessionId(session).thread })),
		async choose(session, agent) {
			const buttons = threadOf(session).flatMap((message) =>
				[...JSON.stringify(message.blocks).matchAll(/"action_id":"(mg_[\w-]+)","text":\{[^}]*"text":"([^"]*)"/g)].map(
					([, id = '', label = '']) => ({ message, id, label }),
				),
			);
			const found = buttons.find(({ label }) => label.includes(agent));
			if (found === undefined) throw new Error(`no button for ${agent}`);
			await handedOver(() => ada.press(found.message, found.id));
		},
		async seen(session) {
			const { thread } = decodeSessionId(session);
			const files = threadOf(session).flatMap(({ files: attached }) => attached.map(({ content }) => String(content)));
			return [slack.render('T1', CHANNEL, thread), ...files].join('\n');
		},
		told: async () =>
			ada
				.ephemerals()
				.map(({ text }) => text)
				.join('\n'),
	};
}

describe('Slack', () => {
	gatewayContract(seatAt, { cleans: true, streams: true, words: true });
});
