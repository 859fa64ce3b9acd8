import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Broadcast } from '../core/broadcast.ts';
import type { Clock } from '../core/clock.ts';
import { BotError, messageOf } from '../core/errors.ts';
import type { Gateway, Standing } from '../core/gateway.ts';

/** What workers ask of those who are on the platforms, and the topics of both ways. */
const QUESTIONS = 'standing/asked';
const answersTo = (asker: string) => `standing/told/${asker}`;
/** How long (ms) an answer is waited for, and after what time it is asked again: words may be missed. */
const PATIENCE_MS = 10_000;
const AGAIN_MS = 2_000;

const questionSchema = z.object({
	id: z.string(),
	asker: z.string(),
	platform: z.string(),
	user: z.string(),
	session: z.string(),
	groups: z.boolean(),
});
type Question = z.infer<typeof questionSchema>;

const standingSchema: z.ZodType<Standing> = z.object({
	roles: z.array(z.string()).nullable(),
	kind: z.enum(['member', 'guest', 'stranger', 'bot', 'platform']),
	name: z.string().nullable(),
});
const answerSchema = z.object({ id: z.string(), standing: standingSchema.nullable(), problem: z.string().optional() });

type PlatformStanding = Pick<Gateway, 'standing'>;

/** Tells workers what the platforms of this process say of people. */
export function tellStandings(words: Broadcast, gatewayOf: (platform: string) => PlatformStanding | null): void {
	const answer = async ({ platform, user, session, groups }: Question) => {
		const gateway = gatewayOf(platform);
		return gateway === null ? null : gateway.standing(user, session, { groups });
	};
	words.hear(QUESTIONS, (word) => {
		const question = questionSchema.safeParse(word).data;
		if (question === undefined) return;
		const { id, asker } = question;
		answer(question).then(
			// Another process may be on the platform.
			(standing) => standing !== null && words.say(answersTo(asker), { id, standing }),
			(thrown: unknown) => words.say(answersTo(asker), { id, standing: null, problem: messageOf(thrown) }),
		);
	});
}

/** The platforms as a worker has them: it asks the processes that are on them. */
export function askStandings(words: Broadcast, clock: Clock): (platform: string) => PlatformStanding {
	const asker = randomUUID();
	const open = new Map<string, PromiseWithResolvers<Standing>>();
	words.hear(answersTo(asker), (word) => {
		const answer = answerSchema.safeParse(word).data;
		const waiting = open.get(answer?.id ?? '');
		if (answer === undefined || waiting === undefined) return;
		if (answer.standing !== null) waiting.resolve(answer.standing);
		else waiting.reject(new Error(answer.problem ?? 'the platform did not say'));
	});
	return (platform) => ({
		async standing(user, session, { groups }) {
			const id = randomUUID();
			const waiting = Promise.withResolvers<Standing>();
			open.set(id, waiting);
			const refuse = () => waiting.reject(new BotError('bug', `no process on ${platform} said who ${user} is`));
			let cancel = () => {};
			const ask = (left: number) => {
				words.say(QUESTIONS, { id, asker, platform, user, session, groups } satisfies Question);
				cancel = clock.after(AGAIN_MS, () => (left > AGAIN_MS ? ask(left - AGAIN_MS) : refuse()));
			};
			ask(PATIENCE_MS);
			return waiting.promise.finally(() => {
				cancel();
				open.delete(id);
			});
		},
	});
}
