import { expect, it } from 'vitest';
import { finishedRun } from '../../../../support/run-events.ts';
import { startSlackThread } from './slack-thread.ts';

it('a full run, as it is read', async () => {
	const { slack, startGateway, project, ask, play, problems } = await startSlackThread();
	await ask();
	const { gateway } = startGateway();
	const events = finishedRun().map((event) => (event.type === 'run_started' ? { ...event, askedBy: 'U1' } : event));
	const projector = project(gateway);
	const middle = events.findIndex(({ type }) => type === 'votes_voided');
	await play(projector, events.slice(0, middle));
	expect(slack.render('T1', 'C1')).toMatchSnapshot('while the agents are at work');
	await play(projector, events.slice(middle));
	expect(slack.render('T1', 'C1')).toMatchSnapshot('when it has finished');
	expect(slack.violations).toEqual([]);
	expect(problems).toEqual([]);
});
