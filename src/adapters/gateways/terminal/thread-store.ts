import type { Approval } from '../../../core/approval.ts';
import type { MessageOf, ThreadMessage } from '../../../core/gateway.ts';

/** The newest state of each message of one thread. */
export interface ThreadStore {
	update(message: ThreadMessage): void;
	find<Type extends ThreadMessage['type']>(type: Type, key: string): MessageOf<Type> | null;
	/** In the order of the first answers. */
	slots(): readonly MessageOf<'slot'>[];
	/** In the order in which they came up. */
	approvals(): readonly Approval[];
	/** Whether the vote of this orchestration has its winner, or waits for the requester to name one. */
	isDecided(orchestration: number): boolean;
	isFinished(): boolean;
}

export function createThreadStore(): ThreadStore {
	const messages = new Map<string, ThreadMessage>();

	function find<Type extends ThreadMessage['type']>(type: Type, key: string): MessageOf<Type> | null {
		const message = messages.get(key);
		return message?.type === type ? (message as MessageOf<Type>) : null;
	}

	return {
		update: (message) => void messages.set(message.key, message),
		find,
		slots: () => [...messages.values()].filter((message) => message.type === 'slot'),
		approvals: () =>
			[...messages.values()].flatMap((message) => (message.type === 'approval' ? [message.approval] : [])),
		isDecided(orchestration) {
			const winner = find('tally', `tally:${orchestration}`)?.winner ?? null;
			return winner !== null || messages.has(`choice:${orchestration}`);
		},
		isFinished: () => (find('final', 'final')?.outcome ?? null) !== null,
	};
}
