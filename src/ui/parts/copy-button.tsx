import { useState } from 'react';
import { say } from '../say.ts';

/** Puts a text on the clipboard and says whether that worked. */
export function CopyButton({ text, label }: { text: string; label: string }) {
	const [said, tell] = useState<string | null>(null);
	const copy = async () => {
		try {
			await navigator.clipboard.writeText(text);
			tell(say('copy.done'));
		} catch {
			tell(say('copy.failed'));
		}
	};
	return (
		<span className="copy">
			<button type="button" onClick={copy}>
				{label}
			</button>
			<span role="status">{said}</span>
		</span>
	);
}
