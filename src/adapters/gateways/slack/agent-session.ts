import { z } from 'zod';
import { sleep } from '../../../core/clock.ts';
import { refusalOf, waitOf } from './call-errors.ts';
import { TIER_3_PACE } from './limits.ts';
import { createPacer } from './pacer.ts';
import type { SlackBody } from './slack-body.ts';
import type { SlackDesk } from './slack-desk.ts';
import { conversationKey, type SlackSpot } from './slack-spot.ts';
import { submit, visitorOf } from './visit.ts';

type Status = 'processing' | 'active';

/**
 * What Slack itself shows of a run: that the agent is at work, and its own Stop. Workspaces that have no agent
 * sessions keep the Stop of the board, which is there in any case.
 */
export interface AgentSessions {
	/** A board shows this now. Never throws, and the board does not wait for it. */
	shown(spot: SlackSpot, body: SlackBody): void;
}

/** Refusals that do not go away while the process runs. */
const LASTING = new Set([
	'feature_disabled',
	'unknown_method',
	'missing_scope',
	'not_allowed_token_type',
	'access_denied',
]);
const MAX_TRIES = 6;
/** Wait before Slack is asked again, in milliseconds; it doubles with each try. */
const RETRY_MS = 2000;
/** How many threads are remembered with what they were set to. */
const MOST = 5_000;

export function createAgentSessions(
	desk: Pick<SlackDesk, 'workspaces' | 'client' | 'clock' | 'signal' | 'onProblem'>,
): AgentSessions {
	const without = new Set<string>();
	const statuses = new Map<string, Status>();
	const order = new Map<string, Promise<void>>();
	const pacer = createPacer(desk.clock);
	desk.signal.addEventListener('abort', () => pacer.close('the gateway stops'), { once: true });

	/** Slack is asked in its own pace: a board must not wait for this, and a hundred runs may begin at once. */
	const paced = (team: string, call: () => Promise<unknown>): Promise<void> =>
		pacer.run([{ key: team, pace: TIER_3_PACE }], async () => {
			try {
				await call();
			} catch (thrown) {
				const waitMs = waitOf(thrown);
				if (waitMs === null) throw thrown;
				return { type: 'too_soon', waitMs };
			}
			return { type: 'done', value: undefined };
		});

	const set = async (spot: SlackSpot, thread: string, status: Status): Promise<void> => {
		const { team, channel } = spot;
		const wanted = { channel_id: channel, thread_ts: thread, status };
		const call = async (): Promise<void> => {
			const workspace = await desk.workspaces.of(team);
			const isMeant = statuses.get(conversationKey(team, channel, thread)) === status;
			if (workspace === null || without.has(team) || !isMeant) return;
			const { agents } = await desk.client(workspace);
			await agents.sessions.setStatus(wanted);
		};
		await stubbornly(desk, () => paced(team, call));
	};

	const failed = (team: string, thrown: unknown): void => {
		const refusal = refusalOf(thrown);
		if (refusal !== null && LASTING.has(refusal)) without.add(team);
		else if (refusal === null) desk.onProblem(thrown);
	};

	return {
		shown(spot, body) {
			const thread = spot.thread_ts ?? spot.root;
			if (thread === null || body.type !== 'message' || without.has(spot.team)) return;
			const status = body.controls.some(({ action }) => action === 'stop') ? 'processing' : 'active';
			const key = conversationKey(spot.team, spot.channel, thread);
			if (statuses.get(key) === status) return;
			statuses.delete(key);
			statuses.set(key, status);
			const [oldest] = statuses.keys();
			if (statuses.size > MOST && oldest !== undefined) statuses.delete(oldest);
			const before = order.get(key) ?? Promise.resolve();
			const going = before.then(() => set(spot, thread, status)).catch((thrown: unknown) => failed(spot.team, thrown));
			order.set(key, going);
			void going.then(() => {
				if (order.get(key) === going) order.delete(key);
			});
		},
	};
}

/** A session that stays at work would offer to stop what has ended, so Slack is asked again when it does not answer. */
async function stubbornly(desk: Pick<SlackDesk, 'clock' | 'signal'>, call: () => Promise<unknown>): Promise<void> {
	for (let tries = 1; ; tries += 1) {
		try {
			await call();
			return;
		} catch (thrown) {
			if (refusalOf(thrown) !== null || tries === MAX_TRIES) throw thrown;
			await sleep(desk.clock, RETRY_MS * 2 ** (tries - 1), desk.signal);
		}
	}
}

const stoppedSchema = z.object({ channel: z.string(), user: z.string(), thread_ts: z.string() });

/** Takes `agent_session_stopped`: somebody has pressed Slack's own Stop. */
export async function takeNativeStop(desk: SlackDesk, team: string, event: unknown, id: string): Promise<void> {
	const { channel, user, thread_ts: thread } = stoppedSchema.parse(event);
	const session = await desk.places.find(conversationKey(team, channel, thread));
	const visitor = session === null ? null : await visitorOf(desk, { team, user, channel, thread }, true);
	if (session === null || visitor === null) return;
	await submit(desk, visitor, { id, session, name: 'stop', options: {} });
}
