import type { MessageOf } from '../../core/gateway.ts';
import { CopyButton } from '../parts/copy-button.tsx';
import { say } from '../say.ts';

import { Markdown } from '../text/markdown.tsx';

/** Each agent's latest answer, folded. */
export function Slots({ slots }: { slots: readonly MessageOf<'slot'>[] }) {
	return (
		<section className="slots" aria-label={say('stage.answer')}>
			{slots.map(({ agent, version, versions, content }) => (
				<details key={agent}>
					<summary>
						<bdi>{say('slot.answer', { agent })}</bdi>
						<span className="quiet">
							{say('board.version', { version })}
							{versions > 1 && ` · ${say('slot.versions', { count: versions })}`}
						</span>
					</summary>
					<Markdown text={content} />
					<CopyButton text={content} label={say('final.copy')} />
				</details>
			))}
		</section>
	);
}
