import type { webApi } from '@slack/bolt';
import type { Clock } from '../../../core/clock.ts';
import { refusalOf } from './call-errors.ts';
import type { Workspace } from './workspaces.ts';

/** `absent`: the app is not in it and cannot join by itself. `unknown`: Slack does not say now. */
export type ChannelState = 'ready' | 'absent' | 'archived' | 'unknown';

export interface Channels {
	/** Whether the app can post there; it joins a public channel by itself. */
	stateOf(workspace: Workspace, channel: string): Promise<ChannelState>;
}

/** A channel that was ready is not asked for again within this time, in milliseconds. */
const KEPT_MS = 600_000;

export function createChannels(clock: Clock, client: (workspace: Workspace) => Promise<webApi.WebClient>): Channels {
	const ready = new Map<string, number>();

	const look = async (workspace: Workspace, channel: string): Promise<ChannelState> => {
		const { conversations } = await client(workspace);
		try {
			const { channel: found } = await conversations.info({ channel });
			if (found?.is_archived === true) return 'archived';
			if (found?.is_member === true || found?.is_im === true) return 'ready';
			if (found?.is_private === true) return 'absent';
			await conversations.join({ channel });
			return 'ready';
		} catch (thrown) {
			const refusal = refusalOf(thrown);
			if (refusal === 'is_archived') return 'archived';
			if (refusal !== null && ABSENT.has(refusal)) return 'absent';
			// Not known: whoever posts there finds out, and is more patient.
			return 'unknown';
		}
	};

	return {
		async stateOf(workspace, channel) {
			const key = `${workspace.team}/${channel}`;
			if ((ready.get(key) ?? 0) > clock.now()) return 'ready';
			const state = await look(workspace, channel);
			if (state === 'ready') ready.set(key, clock.now() + KEPT_MS);
			else ready.delete(key);
			return state;
		},
	};
}

const ABSENT = new Set([
	'channel_not_found',
	'not_in_channel',
	'method_not_supported_for_channel_type',
	'missing_scope',
]);
