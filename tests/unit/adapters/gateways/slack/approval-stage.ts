import { onTestFinished } from 'vitest';
import { createSlackGateway, type SlackGateway } from '../../../../../src/adapters/gateways/slack/slack-gateway.ts';
import { createMemoryStore } from '../../../../../src/adapters/stores/memory.ts';
import type { Approval } from '../../../../../src/core/approval.ts';
import type { GatewayHost, Inbound, PlacedMessage, ThreadMessage } from '../../../../../src/core/gateway.ts';
import { createDelivery } from '../../../../../src/observers/delivery.ts';
import { startFakeSlack } from '../../../../platforms/slack/fake-slack.ts';
import type { Surface } from '../../../../platforms/slack/interactions.ts';
import type { SlackMessage } from '../../../../platforms/slack/world.ts';
import { createQuickClock } from '../../../../support/quick-clock.ts';
import { strictEnglish } from '../../../../support/say.ts';
import { boardMessage } from '../discord/discord-stage.ts';

/** How much faster than the machine's the time of the gateway goes. */
const SPEED = 50;
const CHANNEL = 'C1';

export interface ApprovalStageOptions {
	/** What the bot answers to a decision; null: the card says it all. */
	answer?(inbound: Inbound): string | null;
	/** What a decision makes of the card. */
	decided?(approval: Approval): Approval;
	/** Bytes of kept files by their id. */
	kept?: Readonly<Record<string, string>>;
}

/** The gateway with unmodified Bolt on a fake Slack, and a thread in which a run is going. */
export async function approvalStage({ answer = () => null, decided, kept = {} }: ApprovalStageOptions = {}) {
	const say = await strictEnglish();
	const clock = createQuickClock(SPEED);
	const events = new Set(['message.channels', 'message.im']);
	const slack = await startFakeSlack({ app: { events }, tiers: { enforced: false } });
	onTestFinished(() => slack.close());
	const store = createMemoryStore();
	const inbounds: Inbound[] = [];
	const problems: string[] = [];
	const shown: PlacedMessage[] = [];
	const none = { signingSecret: null, clientId: null, clientSecret: null, encryptionKey: null, redirectUrl: null };
	let gateway: SlackGateway;

	const put = (message: ThreadMessage) => {
		const known = shown.findIndex((one) => one.message.key === message.key);
		if (known === -1) shown.push({ run: 'r-1', message });
		else shown[known] = { run: 'r-1', message };
	};
	const host: GatewayHost = {
		async receive(inbound) {
			const latest = shown.findLast(({ message }) => message.type === 'approval')?.message;
			const changes = inbound.type === 'decision' && decided !== undefined && latest?.type === 'approval';
			if (changes) put({ ...latest, approval: decided(latest.approval) });
			const text = inbound.type === 'decision' ? answer(inbound) : null;
			if (text !== null) await gateway.reply(inbound, text);
			inbounds.push(inbound);
		},
		threads: async () => [],
		thread: async () => shown,
		teams: async () => ({ teams: [], notes: [] }),
		commands: () => [],
		keptFile: async (id) => (kept[id] === undefined ? null : Buffer.from(kept[id])),
	};
	const start = async () => {
		gateway = createSlackGateway({
			credentials: { ...none, botToken: slack.tokenOf('T1'), appToken: slack.app.appToken },
			apiUrl: slack.apiUrl,
			...{ host: '127.0.0.1', port: 0, store, clock, sayIn: () => say },
			onProblem: (text) => void problems.push(text),
		});
		await gateway.start(host);
	};
	await start();
	onTestFinished(() => gateway.stop());

	const heard = async (count: number): Promise<readonly Inbound[]> => {
		while (inbounds.length < count) await new Promise((resolve) => setImmediate(resolve));
		return inbounds;
	};
	const ada = slack.person('T1', 'U1');
	await ada.mention(CHANNEL, 'How?');
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
		put(message);
		for (;;) {
			turn = Promise.withResolvers();
			delivery.offer(
				shown.map((one) => one.message),
				() => true,
			);
			if (!delivery.isBusy()) return;
			await turn.promise;
		}
	};
	await show(boardMessage({ run: 'r-1' }));

	const own = () => slack.messages('T1', CHANNEL).filter(({ bot }) => bot !== null);
	const cards = (): readonly SlackMessage[] => own().filter((one) => JSON.stringify(one.blocks).includes('Request `'));
	return {
		...{ slack, say, clock, store, inbounds, problems, place, ada, show, heard, own, cards },
		grace: slack.person('T1', 'U2'),
		gateway: () => gateway,
		/** What was decided, once so many decisions have come. */
		decisions: async (count: number) =>
			(await heard(count)).map((inbound) => (inbound.type === 'decision' ? inbound.decision : null)),
		async showCard(approval: Approval): Promise<readonly SlackMessage[]> {
			const placed = { ...approval, session: place.session };
			await show({ type: 'approval', key: `approval:${placed.id}`, approval: placed });
			return cards();
		},
		/** Ends the gateway and starts another on the same store. */
		async restart() {
			await gateway.stop();
			await start();
			delivery = newDelivery();
		},
	};
}

/** The action id of the button with this label. */
export function buttonOf(on: Surface, label: string): string {
	const blocks = JSON.stringify('rootId' in on ? on.content.blocks : on.blocks);
	const buttons = [...blocks.matchAll(/"action_id":"(mg_[\w-]+)","text":\{[^}]*"text":"([^"]*)"/g)];
	const found = buttons.find(([, , text]) => text === label)?.[1];
	if (found === undefined)
		throw new Error(`there is no button ${label} among ${buttons.map(([, , text]) => text).join()}`);
	return found;
}
