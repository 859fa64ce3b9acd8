import type { MessageOf, RenderContext } from '../../../core/gateway.ts';
import type { RunControl } from '../shared/controls.ts';
import { clipText } from './clip-text.ts';
import type { DiscordButton } from './discord-body.ts';
import { LIMITS } from './limits.ts';

type Action = RunControl['action'];

/** What can be done with a run: stop it while it runs; afterwards what its result allows. */
export function boardButtons(board: MessageOf<'board'>, { place, say }: RenderContext): DiscordButton[] {
	const button = (action: Action, label: string, style: DiscordButton['style'], emoji: string | null = null) => ({
		control: { session: place.session, run: board.run, action, orchestration: null, agent: null },
		label,
		emoji,
		style,
	});
	if (board.finished === null) return [button('stop', say('control.stop'), 'danger')];
	const hasAnswer = board.result !== null && board.result.excerpt !== '';
	const hasVotes = board.rows.some(({ votes }) => votes !== null);
	return [
		button('retry', say('control.retry'), hasAnswer ? 'secondary' : 'primary'),
		...(hasAnswer ? [button('follow_up', say('control.follow_up'), 'primary')] : []),
		...(hasVotes ? [button('why', say('control.why'), 'secondary')] : []),
		...(hasAnswer ? [button('good', '', 'secondary', '👍'), button('bad', '', 'secondary', '👎')] : []),
	];
}

/** One button per tied answer; none once the choice is made. */
export function choiceButtons(choice: MessageOf<'choice'>, { place }: RenderContext): DiscordButton[] {
	if (choice.chosen !== null) return [];
	const { run, orchestration, candidates } = choice;
	return candidates.slice(0, LIMITS.rows * LIMITS.rowButtons).map((agent) => ({
		control: { session: place.session, run, action: 'choose', orchestration, agent },
		label: clipText(agent, LIMITS.label),
		emoji: null,
		style: 'primary',
	}));
}
