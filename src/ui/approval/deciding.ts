import { useState } from 'react';
import { ApiError, type ItemDecision } from '../api/client.ts';
import { say } from '../say.ts';

export type Verdict = ItemDecision['verdict'];
/** What goes with a verdict about a critical call. */
export type Proof = Pick<ItemDecision, 'confirm' | 'token'>;

/** What a card needs of the page around it. */
export interface CardPlace {
	/** Sends a decision; what the person is told of it. */
	decide(decision: ItemDecision): Promise<readonly string[]>;
	stop(): void;
	/** Whether what is critical asks for the page's token once more. */
	tokenNeeded: boolean;
	/** How far the server's clock is ahead of this one, in milliseconds. */
	aheadMs: number;
}

/** Sending decisions, one after the other, and what came back: a refusal says why. */
export function useDeciding({ decide }: CardPlace) {
	const [isBusy, setBusy] = useState(false);
	const [said, tell] = useState<string | null>(null);
	return {
		isBusy,
		said,
		/** True when the server took all of them and had nothing to say. */
		async send(decisions: readonly ItemDecision[]): Promise<boolean> {
			setBusy(true);
			tell(null);
			const answers: string[] = [];
			try {
				for (const decision of decisions) answers.push(...(await decide(decision)));
			} catch (thrown) {
				answers.push(thrown instanceof ApiError ? thrown.message : say('error.failed', { reason: String(thrown) }));
			}
			tell(answers.join(' ') || null);
			setBusy(false);
			return answers.length === 0;
		},
	};
}
