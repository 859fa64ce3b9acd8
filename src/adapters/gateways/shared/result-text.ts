import type { MessageOf } from '../../../core/gateway.ts';
import type { Say } from '../../../core/say.ts';
import { spendText } from './spend-text.ts';
import { timeText } from './time-text.ts';

type Final = MessageOf<'final'>;
type Standing = Pick<Final, 'outcome' | 'answers' | 'agents'> & { hasAnswer: boolean };

/** What a result is worth, in a few words: `Answer`, `Best available answer (3 of 5 agents)`, `No answer`, `Stopped`. */
export function headingOf({ outcome, answers, agents, hasAnswer }: Standing, say: Say): string {
	const given = { answers, agents: say('board.agents', { count: agents }) };
	if (outcome === 'partial') return say('final.heading.partial', given);
	if (outcome === 'stopped') return say(hasAnswer ? 'final.heading.stopped_answer' : 'final.heading.stopped', given);
	return say(outcome === 'failed' ? 'final.heading.failed' : 'final.heading.answered');
}

/** The text of a result, or the sentence that stands in for it. */
export function answerText({ content, outcome }: Pick<Final, 'content' | 'outcome'>, say: Say): string {
	if (content !== '') return content;
	return say(outcome === 'stopped' ? 'final.none_stopped' : 'final.none');
}

/** What is missing from a result, a sentence each, to be read before it. */
export function shortfallTexts({ shortfalls }: Pick<Final, 'shortfalls'>, say: Say): string[] {
	return shortfalls.map((shortfall) => say(`shortfall.${shortfall}`));
}

/** What a run took: calls, tokens, cost, time. */
export function factsText({ spend, activeMs }: Pick<Final, 'spend' | 'activeMs'>, say: Say): string {
	const time = activeMs === null ? [] : [timeText(activeMs, say, true)];
	return [...(spend === null ? [] : spendText(spend, say)), ...time].join(' · ');
}
