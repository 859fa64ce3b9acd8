import { onTestFinished } from 'vitest';
import {
	createDiscordGateway,
	type DiscordGateway,
} from '../../../../../src/adapters/gateways/discord/discord-gateway.ts';
import { createMemoryStore } from '../../../../../src/adapters/stores/memory.ts';
import type { Approval } from '../../../../../src/core/approval.ts';
import type { CommandForm } from '../../../../../src/core/command-form.ts';
import type { GatewayHost, Inbound, PlacedMessage, ThreadMessage } from '../../../../../src/core/gateway.ts';
import { createDelivery } from '../../../../../src/observers/delivery.ts';
import { createFakeDiscord } from '../../../../platforms/discord/discord.ts';
import { createRunningClock } from '../../../../platforms/discord/running-clock.ts';
import type { Channel, Message } from '../../../../platforms/discord/world.ts';
import { strictEnglish } from '../../../../support/say.ts';
import { boardMessage } from './discord-stage.ts';

const ask: CommandForm = {
	name: 'ask',
	fields: [{ name: 'question', type: 'text', required: true, choices: [], suggests: null }],
};

export interface ApprovalStageOptions {
	/** What the bot answers to a decision; null: the card says it all. */
	answer?(inbound: Inbound): string | null;
	/** Bytes of kept files by their id. */
	kept?: Readonly<Record<string, string>>;
}

/** The gateway with an unmodified client on a fake Discord, and a thread in which a run is going. */
export async function approvalStage({ answer = () => null, kept = {} }: ApprovalStageOptions = {}) {
	const say = await strictEnglish();
	const clock = createRunningClock();
	const discord = await createFakeDiscord({ clock });
	onTestFinished(() => discord.close());
	const store = createMemoryStore();
	const inbounds: Inbound[] = [];
	const problems: string[] = [];
	const shown: PlacedMessage[] = [];
	let gateway: DiscordGateway;

	const host: GatewayHost = {
		async receive(inbound) {
			inbounds.push(inbound);
			const text = inbound.type === 'decision' ? answer(inbound) : null;
			if (text !== null) await gateway.reply(inbound, text);
		},
		threads: async () => [],
		thread: async () => shown,
		teams: async () => ({ teams: [], notes: [] }),
		commands: () => [ask],
		keptFile: async (id) => (kept[id] === undefined ? null : Buffer.from(kept[id])),
	};
	const start = async () => {
		gateway = await createDiscordGateway({
			...{ token: discord.token, api: discord.api, guild: null, deploy: true, messageContent: false, shards: 'auto' },
			...{ store, clock, sayIn: () => say, onProblem: (text) => void problems.push(text) },
		});
		await gateway.start(host);
	};
	await start();
	onTestFinished(() => gateway.stop());

	const general = discord.channel('Alpha', 'general');
	const ada = discord.person('Ada');
	await ada.slash(general, 'massgen ask', { question: 'How?' });
	const heard = async (count: number): Promise<readonly Inbound[]> => {
		while (inbounds.length < count) await new Promise((resolve) => setImmediate(resolve));
		return inbounds;
	};
	const [asked] = await heard(1);
	if (asked === undefined) throw new Error('nothing was asked');
	inbounds.length = 0;
	const place = { session: asked.session, run: 'r-1' };
	let turn = Promise.withResolvers<void>();
	const newDelivery = () =>
		createDelivery({
			...{ gateway, place, clock, say, verbosity: 'quiet', records: null },
			onProblem: (text) => void problems.push(text),
			onTurn: () => turn.resolve(),
		});
	let delivery = newDelivery();

	/** Shows a message, or what has become of it, to the end. */
	const show = async (message: ThreadMessage): Promise<void> => {
		const known = shown.findIndex((one) => one.message.key === message.key);
		if (known === -1) shown.push({ run: place.run, message });
		else shown[known] = { run: place.run, message };
		for (;;) {
			turn = Promise.withResolvers();
			const all = shown.map((one) => one.message);
			delivery.offer(all, () => true);
			if (!delivery.isBusy()) return;
			await turn.promise;
		}
	};
	await show(boardMessage({ run: 'r-1' }));
	const [thread] = discord.threads(general);
	if (thread === undefined) throw new Error('there is no thread');

	return {
		discord,
		say,
		clock,
		store,
		inbounds,
		heard,
		/** What was decided, once so many decisions have come. */
		decisions: async (count: number) =>
			(await heard(count)).map((inbound) => (inbound.type === 'decision' ? inbound.decision : null)),
		problems,
		general,
		thread,
		place,
		ada,
		ben: discord.person('Ben'),
		show,
		gateway: () => gateway,
		showCard: async (approval: Approval): Promise<readonly Message[]> => {
			const own = { ...approval, session: place.session };
			await show({ type: 'approval', key: `approval:${own.id}`, approval: own });
			return cardsIn(thread);
		},
		cards: () => cardsIn(thread),
		board(): Message {
			const found = discord.messages(general).find(({ author, ephemeralFor }) => author.bot && ephemeralFor === null);
			if (found === undefined) throw new Error('there is no board');
			return found;
		},
		/** Ends the gateway and starts another on the same store. */
		async restart() {
			await gateway.stop();
			await start();
			delivery = newDelivery();
		},
	};

	function cardsIn(channel: Channel): readonly Message[] {
		return discord.messages(channel).filter(({ content }) => content.includes('-# Request `'));
	}
}
