import { CopyButton } from '../parts/copy-button.tsx';
import { say } from '../say.ts';

const CONNECT = 'export OPENAI_API_KEY=...';

/** What people should know before they ask; without a model, with the one line that connects one. */
export function Notices({ notes, isDemo }: { notes: readonly string[]; isDemo: boolean }) {
	if (notes.length === 0) return null;
	return (
		<aside className="notice" aria-label={say('notice.heading')}>
			{notes.map((note) => (
				<p key={note} dir="auto">
					{note}
				</p>
			))}
			{isDemo && (
				<p className="row">
					<code>{CONNECT}</code>
					<CopyButton text={CONNECT} label={say('notice.copy')} />
				</p>
			)}
		</aside>
	);
}
