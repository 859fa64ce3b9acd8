import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { commands } from '../../../commands/index.ts';
import { openingMessage } from '../../../src/agents/instructions/opening-message.ts';
import type { Turn } from '../../../src/core/agent.ts';
import type { Inbound, Principal } from '../../../src/core/gateway.ts';
import { createDispatch } from '../../../src/dispatch.ts';
import { createHost } from '../../../src/host.ts';
import { accessWorld, shippedAccess } from '../../support/access.ts';
import { actingAgent } from '../../support/acting-agent.ts';
import { botWorld } from '../../support/bot-world.ts';
import { strictEnglish } from '../../support/say.ts';

const say = await strictEnglish();
const { rules } = await shippedAccess();

const TENANTS = ['left', 'right'] as const;
type Tenant = (typeof TENANTS)[number];
const other = (tenant: Tenant): Tenant => (tenant === 'left' ? 'right' : 'left');

/** The same channels and threads in both, so that nothing but the tenant tells them apart. */
const sessionOf = (tenant: Tenant, thread: number) => `test:${tenant}:c:${thread}`;
const personOf = (tenant: Tenant): Principal => ({
	...{ platform: 'test', tenant, user: 'ada', roles: [] },
	kind: 'member',
	name: `ada of ${tenant}`,
});
/** What everything of a tenant says, and nothing of another may. */
const markOf = (tenant: Tenant) => `MARK-${tenant}`;

const actSchema = fc.record({
	tenant: fc.constantFrom(...TENANTS),
	thread: fc.integer({ min: 1, max: 2 }),
	act: fc.constantFrom('ask', 'ask', 'retry', 'rate', 'grant'),
});

/** The program behind the gateways, with agents whose answers repeat the mark of the question. */
function world() {
	const turns: Turn[] = [];
	const answering = (id: string) =>
		actingAgent(id, (turn) => {
			turns.push(turn);
			const mark = /MARK-\w+/.exec(turn.question)?.[0] ?? '';
			if (turn.kind === 'evaluate')
				return { type: 'voted', target: turn.votable[0] ?? '', reason: `for ${mark}`, calls: [] };
			return { type: 'answered', content: `${id} says ${mark} ${turn.kind}`, calls: [] };
		});
	const made = botWorld([answering('ann'), answering('bob')]);
	const { bot, runs, store, clock } = made;
	const { doorkeeper, roles } = accessWorld({
		rules: { ...rules, given: { ...rules.given, member: ['owner'] } },
		store,
		clock,
	});
	const problems: unknown[] = [];
	const inbound = createDispatch({
		...{ store, clock, doorkeeper, commands, sayIn: () => say },
		bot: { ...bot, roles },
		onProblem: (error) => void problems.push(error),
	});
	const host = createHost({
		bot,
		runs,
		say,
		commands: inbound.forms,
		submit: async () => null,
		keptFile: async () => null,
	});
	let count = 0;
	const send = async (principal: Principal, session: string, name: string, options: Record<string, unknown>) => {
		count += 1;
		const said: string[] = [];
		const event: Inbound = { type: 'command', id: `i${count}`, principal, session, name, options };
		const error = await inbound.dispatch(event, async (text) => void said.push(text));
		for (let n = 0; n < 20; n += 1) await clock.advance(50);
		return { error, said: said.join('\n') };
	};
	return { ...made, roles, turns, problems, host, send };
}

type World = ReturnType<typeof world>;

async function perform({ send }: World, { tenant, thread, act }: { tenant: Tenant; thread: number; act: string }) {
	const options = {
		ask: { question: `What of ${markOf(tenant)}?` },
		retry: {},
		rate: { verdict: 'good' },
		grant: { action: 'grant', role: 'viewer', to: `user:${markOf(tenant)}` },
	}[act];
	await send(personOf(tenant), sessionOf(tenant, thread), act === 'grant' ? 'roles' : act, options ?? {});
}

/** Everything that can be read of a tenant, as one text. */
async function everythingOf({ host, bot, send }: World, tenant: Tenant): Promise<string> {
	const read: unknown[] = [await host.threads('test', tenant, { limit: 100 })];
	for (const session of [sessionOf(tenant, 1), sessionOf(tenant, 2), `test:${tenant}:c:-`]) {
		read.push(await host.thread(session), await bot.status(session, null), await bot.why(session, null));
		for (const [name, options] of [
			['status', {}],
			['why', {}],
			['roles', { action: 'list' }],
		] as const) {
			read.push((await send(personOf(tenant), session, name, options)).said);
		}
	}
	return JSON.stringify(read);
}

describe('case 43: two servers that know nothing of each other', () => {
	it('share nothing in what can be read, whatever happened in them', async () => {
		await fc.assert(
			fc.asyncProperty(fc.array(actSchema, { minLength: 1, maxLength: 8 }), async (acts) => {
				const on = world();
				for (const act of acts) await perform(on, act);
				for (const tenant of TENANTS) {
					const text = await everythingOf(on, tenant);
					expect(text).not.toContain(markOf(other(tenant)));
					const happened = acts.some((act) => act.tenant === tenant && act.act === 'ask');
					expect(text.includes(markOf(tenant))).toBe(
						happened || acts.some((act) => act.tenant === tenant && act.act === 'grant'),
					);
				}
				expect(on.problems).toEqual([]);
			}),
			{ numRuns: 25 },
		);
	});

	it('share nothing in any prompt', async () => {
		await fc.assert(
			fc.asyncProperty(fc.array(actSchema, { minLength: 2, maxLength: 8 }), async (acts) => {
				const on = world();
				for (const act of acts) await perform(on, act);
				for (const turn of on.turns) {
					const prompt = JSON.stringify([openingMessage(turn), turn.history, turn.answers, turn.attachments]);
					const marks = new Set(prompt.match(/MARK-\w+/g));
					expect([...marks]).toEqual([/MARK-\w+/.exec(turn.question)?.[0]]);
				}
			}),
			{ numRuns: 25 },
		);
	});

	it('a run of one cannot be named from the other, nor a session of it used', async () => {
		const on = world();
		await perform(on, { tenant: 'left', thread: 1, act: 'ask' });
		const [{ run = '' } = {}] = on.events;
		const session = sessionOf('right', 1);
		expect(await on.bot.why(session, run)).toBeNull();
		expect(await on.bot.rate({ session, run, principal: personOf('right'), verdict: 'bad' })).toBe(false);
		await expect(
			on.bot.retry({ id: 'x', session, run, principal: personOf('right'), locale: null }),
		).rejects.toMatchObject({ code: 'run_unknown' });
		expect(await on.bot.stop({ session, by: 'ada', allow: async () => {}, run, locale: null })).toBe(false);
		expect(await on.bot.choose(session, run, 1, 'ann')).toBe(false);
		for (const { name, reach } of commands) {
			if (reach === 'terminal') continue;
			const { error, said } = await on.send(personOf('right'), sessionOf('left', 1), name, {});
			expect([name, error?.code]).toEqual([name, 'not_permitted']);
			expect(said).not.toContain(markOf('left'));
		}
	});
});
