import type { Clock } from '../../../core/clock.ts';
import type { GatewayHost, TeamSummary } from '../../../core/gateway.ts';

/** Discord wants an answer within 3 s and takes 25 choices of 100 characters (docs, application-commands). */
const ANSWER_MS = 2000;
const MOST_CHOICES = 25;
const MOST_CHARACTERS = 100;

export interface Choice {
	name: string;
	value: string;
}

/** Proposes teams by what has been typed, in time also when the list of teams is slow: then what it was last. */
export function createTeamChoices(host: GatewayHost, clock: Clock): (typed: string) => Promise<readonly Choice[]> {
	let last: readonly TeamSummary[] = [];
	const load = async () => {
		last = (await host.teams()).teams;
	};
	return async (typed) => {
		await Promise.race([load().catch(() => {}), new Promise<void>((late) => void clock.after(ANSWER_MS, late))]);
		const wanted = typed.trim().toLowerCase();
		const fitting = last.filter(({ name, description }) => `${name} ${description}`.toLowerCase().includes(wanted));
		return fitting
			.filter(({ name }) => name.length <= MOST_CHARACTERS)
			.slice(0, MOST_CHOICES)
			.map(choiceOf);
	};
}

function choiceOf({ name, description }: TeamSummary): Choice {
	const label = description === '' ? name : `${name} · ${description}`;
	return { name: label.slice(0, MOST_CHARACTERS).toWellFormed(), value: name };
}
