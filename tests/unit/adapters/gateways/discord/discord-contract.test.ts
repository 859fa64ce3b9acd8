import { describe, onTestFinished } from 'vitest';
import { createDiscordGateway } from '../../../../../src/adapters/gateways/discord/discord-gateway.ts';
import { createMemoryStore } from '../../../../../src/adapters/stores/memory.ts';
import type { CommandForm } from '../../../../../src/core/command-form.ts';
import type { GatewayHost } from '../../../../../src/core/gateway.ts';
import { type GatewaySeat, gatewayContract } from '../../../../contracts/gateway-contract.ts';
import { createFakeDiscord } from '../../../../platforms/discord/discord.ts';
import { createRunningClock } from '../../../../platforms/discord/running-clock.ts';
import type { Message } from '../../../../platforms/discord/world.ts';
import { strictEnglish } from '../../../../support/say.ts';

const ask: CommandForm = {
	name: 'ask',
	fields: [{ name: 'question', type: 'text', required: true, choices: [], suggests: null }],
};

/** Ada in the channel #general, and what she sees there. */
async function seatAt(host: GatewayHost): Promise<GatewaySeat> {
	const say = await strictEnglish();
	const clock = createRunningClock();
	const discord = await createFakeDiscord({ clock });
	onTestFinished(() => discord.close());
	const gateway = await createDiscordGateway({
		token: discord.token,
		api: discord.api,
		guild: null,
		deploy: true,
		messageContent: false,
		approvalsChannels: [],
		shards: 'auto',
		store: createMemoryStore(),
		clock,
		sayIn: () => say,
		onProblem: () => {},
	});
	const handed: (() => void)[] = [];
	const receive: GatewayHost['receive'] = (inbound) => host.receive(inbound).finally(() => handed.shift()?.());
	await gateway.start({ ...host, receive, commands: () => [ask] });
	const ada = discord.person('Ada');
	const general = discord.channel('Alpha', 'general');
	const answers: { message(): Message | null; followUps(): readonly Message[] }[] = [];

	const until = async <T>(work: Promise<T>): Promise<T> => {
		let isDone = false;
		const watched = work.finally(() => {
			isDone = true;
		});
		watched.catch(() => {});
		while (!isDone) {
			clock.advance(500);
			await new Promise((resolve) => setImmediate(resolve));
		}
		return watched;
	};
	/** Does something and waits until the bot has dealt with it. */
	const handedOver = async (act: () => Promise<void>) => {
		const done = new Promise<void>((resolve) => void handed.push(resolve));
		await act();
		await done;
	};
	const threadOf = () => discord.threads(general).at(-1) ?? general;
	const command = (channel: typeof general, question: string) =>
		handedOver(async () => void answers.push(await ada.slash(channel, 'massgen ask', { question })));

	return {
		gateway,
		clock,
		until,
		ask: (question) => command(general, question),
		followUp: (_session, question) => command(threadOf(), question),
		async choose(_session, agent) {
			const choice = discord.messages(threadOf()).at(-1);
			if (choice !== undefined) await handedOver(async () => void (await ada.press(choice, agent)));
		},
		async seen() {
			const board = discord.transcript(general);
			const files = [...discord.messages(threadOf()), ...discord.messages(general)].flatMap(
				({ attachments }) => attachments,
			);
			const texts = await Promise.all(files.map(async ({ url }) => (await fetch(url)).text()));
			return [board, ...texts].join('\n');
		},
		async told() {
			await discord.until('an answer', () => answers.at(-1)?.message()?.content !== '');
			return answers
				.flatMap((answer) => [answer.message()?.content, ...answer.followUps().map(({ content }) => content)])
				.join('\n');
		},
	};
}

describe('Discord', () => {
	gatewayContract(seatAt, { cleans: true, streams: false, words: true });
});
