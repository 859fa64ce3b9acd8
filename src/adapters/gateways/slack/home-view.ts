import type { types } from '@slack/bolt';
import type { TeamSummary, ThreadSummary } from '../../../core/gateway.ts';
import type { Say } from '../../../core/say.ts';
import { COMMAND } from './app-shape.ts';
import { MAX_SECTION } from './limits.ts';
import { clipped, escaped, timeToken } from './slack-text.ts';

/** A thread of the person who looks, and where to read it. */
export interface HomeThread extends Pick<ThreadSummary, 'title' | 'state' | 'outcome' | 'startedAt'> {
	/** Null: Slack gives no address for it. */
	link: string | null;
}

/** Characters of a title in a list. */
const MAX_TITLE = 120;
const MAX_TEAMS = 20;

/** The home tab: how to ask, what this person has asked lately, and what there is to choose from. */
export function homeView(threads: readonly HomeThread[], teams: readonly TeamSummary[], say: Say): types.HomeView {
	const section = (text: string): types.SectionBlock => ({
		type: 'section',
		text: { type: 'mrkdwn', text: clipped(text, MAX_SECTION) },
	});
	const heading = (text: string): types.HeaderBlock => ({ type: 'header', text: { type: 'plain_text', text } });
	const recent =
		threads.length === 0 ? [say('slack.home.no_threads')] : threads.map((thread) => threadLine(thread, say));
	const known = teams.slice(0, MAX_TEAMS).map(({ name, description, members }, index) => {
		const about = `${escaped(description)} · ${members.map(({ model }) => escaped(model)).join(', ')}`;
		return `• \`${escaped(name)}\`${index === 0 ? ` (${say('slack.home.default')})` : ''} ${about}`;
	});
	return {
		type: 'home',
		blocks: [
			heading(say('slack.home.heading')),
			section(say('slack.home.how', { command: COMMAND })),
			{ type: 'divider' },
			heading(say('slack.home.recent')),
			...recent.map(section),
			{ type: 'divider' },
			heading(say('slack.home.settings')),
			section(say('slack.home.flags', { command: COMMAND })),
			...(known.length === 0 ? [] : [section([say('slack.home.teams'), ...known].join('\n'))]),
		],
	};
}

function threadLine({ title, state, outcome, startedAt, link }: HomeThread, say: Say): string {
	const name = escaped(clipped(title.replace(/\s+/g, ' '), MAX_TITLE));
	// A bar would end the address of a link.
	const shown = link === null ? name : `<${link}|${name.replaceAll('|', '¦')}>`;
	const how = state === 'running' ? say('slack.home.running') : outcomeText(outcome, say);
	return `${shown}\n${how} · ${timeToken(startedAt)}`;
}

function outcomeText(outcome: ThreadSummary['outcome'], say: Say): string {
	switch (outcome) {
		case 'answered':
			return say('slack.home.answered');
		case 'partial':
			return say('slack.home.partial');
		case 'stopped':
			return say('slack.home.stopped');
		default:
			return say('slack.home.failed');
	}
}
