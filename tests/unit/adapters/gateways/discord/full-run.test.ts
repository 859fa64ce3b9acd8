import { describe, expect, it } from 'vitest';
import { closeVote, createScript, finishedRun, members } from '../../../../support/run-events.ts';
import { discordStage } from './discord-stage.ts';

describe('a whole run on Discord', () => {
	it('reads like this halfway and at its end', async () => {
		const { discord, ask, projectorFor } = await discordStage();
		const general = discord.channel('Alpha', 'general');
		const ada = discord.person('Ada');
		const events = finishedRun().map((event) =>
			event.type === 'run_started' ? { ...event, askedBy: ada.user.id } : event,
		);
		const projector = projectorFor(await ask(general, 'text'));
		const states: string[] = [];
		for (const event of events) {
			projector.handle(event);
			if ('seq' in event) await projector.settled();
			if (event.type === 'votes_voided') states.push(discord.transcript(general));
		}
		await projector.settled();
		states.push(discord.transcript(general));
		expect(states.join('\n\n').replaceAll(ada.user.id, 'Ada')).toMatchSnapshot();
		expect(discord.violations).toEqual([]);
	});

	it('reads like this when it came to less than it should', async () => {
		const { discord, ask, show } = await discordStage();
		const stopped = createScript('run-1').begin('What is *this* <@1>?').start('sage', 1, 'answer');
		stopped.lasting({ type: 'stop_requested', by: discord.person('Ada').user.id });
		stopped.finish({ outcome: 'stopped', answer: null, winner: null, answers: 0, shortfalls: ['cancelled'] });
		const dm = discord.person('Ada').dm;
		await show(await ask(dm, 'dm'), stopped.events);

		const failed = createScript('run-2').begin();
		for (const { id } of members) failed.lasting(failure(id));
		failed.finish({ outcome: 'failed', answer: null, winner: null, answers: 0, shortfalls: ['agent_out'] });
		const bare = discord.channel('Alpha', 'no-threads');
		await show(await ask(bare, 'text'), failed.events, 'quiet', 'run-2');

		const partial = createScript('run-3').begin('Why?', { tieBreak: 'earliest' });
		partial.answer('sage', 1, 1, 'Because.').answer('critic', 1, 1, 'No reason.').lasting(failure('builder'));
		closeVote(partial).lasting(tie);
		partial.finish({ outcome: 'partial', answer: 'Because.', answers: 2, shortfalls: ['below_quorum', 'agent_out'] });
		const forum = discord.channel('Alpha', 'questions');
		await show(await ask(forum, 'forum'), partial.events, 'normal', 'run-3');

		const all = [dm, bare, forum].map((channel) => discord.transcript(channel)).join('\n\n');
		expect(all.replaceAll(discord.person('Ada').user.id, 'Ada')).toMatchSnapshot();
		expect(discord.violations).toEqual([]);
	});
});

const failure = (agent: string) =>
	({
		type: 'agent_failed',
		agent,
		attempt: 1,
		code: 'auth',
		message: 'the key for this provider was refused',
		out: true,
	}) as const;

const tie = {
	type: 'winner_selected' as const,
	agent: 'sage',
	label: 'agent2.1',
	votes: 1,
	tie: { rule: 'earliest' as const, tied: ['sage', 'critic'] },
};
