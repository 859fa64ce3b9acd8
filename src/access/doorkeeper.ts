import type { Access, Permission, Verdict } from '../core/access.ts';
import { type Audit, actorOf } from '../core/audit.ts';
import { BotError } from '../core/errors.ts';
import { revealedText } from '../core/foreign-text.ts';
import type { Inbound } from '../core/gateway.ts';
import type { Say } from '../core/say.ts';

export interface DoorkeeperOptions {
	access: Access;
	audit: Audit;
	/** A refusal could not be written to the audit; it stands. */
	onProblem(error: unknown): void;
}

/** Lets people do what they may, and tells others what they lack and who has it. */
export interface Doorkeeper {
	/** Throws `not_permitted`, with a sentence for the person, once it is in the audit. `what`: the command. */
	demand(inbound: Inbound, what: string, permission: Permission, say: Say): Promise<void>;
}

export function createDoorkeeper({ access, audit, onProblem }: DoorkeeperOptions): Doorkeeper {
	const told = async (inbound: Inbound, permission: Permission, { why, by }: Verdict, say: Say): Promise<string> => {
		if (why === 'elsewhere' || why === 'outsider' || why === 'unknown') return say(`access.${why}`, { permission });
		if (why === 'denied') return say('access.denied', { permission, role: by ?? '' });
		const { roles, names } = await access.holders(permission, inbound.session);
		const lacking = say('access.lacking', { permission, roles: roles.join(', ') });
		const who = names.map(revealedText).join(', ');
		return `${lacking} ${names.length === 0 ? say('access.nobody') : say('access.holders', { names: who })}`;
	};

	return {
		async demand(inbound, what, permission, say) {
			const { principal, session, id } = inbound;
			const verdict = await access.may(principal, permission, { session });
			if (verdict.allowed) return;
			const row = {
				...actorOf(principal),
				action: 'command.refuse',
				target: { type: 'command', id: what },
				outcome: 'refused' as const,
				reason: verdict.why,
				request: id,
				details: { permission, session },
			};
			await audit.record([row]).catch(onProblem);
			const userMessage = await told(inbound, permission, verdict, say);
			throw new BotError('not_permitted', `${permission}: ${verdict.why}`, { userMessage });
		},
	};
}
