import type { GatewayHost, Inbound } from '../../../core/gateway.ts';

/** What people do at the page, and what they are told for it. */
export interface Submissions {
	/** Hands it to the bot; resolves with every sentence that was said about it. */
	submit(inbound: Inbound): Promise<readonly string[]>;
	/** Takes a sentence; false when nobody waits for it any more. */
	take(inbound: Inbound, text: string): boolean;
}

/** Answers that are kept for a second delivery. */
const KEPT = 200;

/** A second delivery, during the first or soon after it, gets the answer of the first and is not handed on. */
export function createSubmissions(receive: GatewayHost['receive']): Submissions {
	const answers = new Map<string, Promise<readonly string[]>>();
	const open = new Map<string, string[]>();

	const handOn = async (inbound: Inbound): Promise<readonly string[]> => {
		const said: string[] = [];
		open.set(inbound.id, said);
		try {
			await receive(inbound);
			return [...said];
		} catch (thrown) {
			answers.delete(inbound.id);
			throw thrown;
		} finally {
			open.delete(inbound.id);
		}
	};

	return {
		submit(inbound) {
			const known = answers.get(inbound.id);
			if (known !== undefined) return known;
			const answer = handOn(inbound);
			answers.set(inbound.id, answer);
			const [oldest] = answers.keys();
			if (answers.size > KEPT && oldest !== undefined) answers.delete(oldest);
			return answer;
		},
		take(inbound, text) {
			const said = open.get(inbound.id);
			said?.push(text);
			return said !== undefined;
		},
	};
}
