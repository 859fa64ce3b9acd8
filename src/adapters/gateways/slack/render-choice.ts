import type { MessageOf, RenderContext } from '../../../core/gateway.ts';
import { actions, type Button, section } from './blocks.ts';
import { MAX_ACTIONS } from './limits.ts';
import type { SlackBody } from './slack-body.ts';
import { escaped, foreignLine } from './slack-text.ts';

type Choice = MessageOf<'choice'>;

/** Asks who shall present; once that is decided, says so and has no buttons. */
export function renderChoice(choice: Choice, { place, say }: RenderContext): SlackBody[] {
	const { run, orchestration, candidates, chosen } = choice;
	const names = escaped(foreignLine(candidates.join(', '), 600));
	if (chosen !== null) {
		const text = say('slack.choice.chosen', { agent: escaped(foreignLine(chosen, 60)), tied: names });
		return [{ type: 'message', text, blocks: [section(text)], plainBlocks: [section(text)], controls: [] }];
	}
	const text = say('slack.choice.prompt', { tied: names });
	const buttons = candidates.slice(0, MAX_ACTIONS).map(
		(agent): Button => ({
			control: { session: place.session, run, action: 'choose', orchestration, agent },
			label: agent,
		}),
	);
	const blocks = [section(text), ...actions(buttons)];
	return [{ type: 'message', text, blocks, plainBlocks: blocks, controls: buttons.map(({ control }) => control) }];
}
