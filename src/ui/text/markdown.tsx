import MarkdownIt from 'markdown-it';
import { useDeferredValue, useMemo, useState } from 'react';
import { say } from '../say.ts';

/** Longest text that is formatted without being asked for, in characters. */
const FORMAT_LIMIT = 200_000;

const renderer = new MarkdownIt({ html: false, linkify: false, breaks: true });
renderer.disable('image');
renderer.validateLink = (url) => /^(https?:|mailto:)/i.test(url.trim());
renderer.renderer.rules.link_open = (tokens, index, options, _env, self) => {
	tokens[index]?.attrSet('rel', 'noopener noreferrer nofollow');
	tokens[index]?.attrSet('target', '_blank');
	return self.renderToken(tokens, index, options);
};
const group = (label: string) => `role="group" aria-label="${renderer.utils.escapeHtml(label)}" tabindex="0"`;
renderer.renderer.rules.table_open = () => `<div class="wide" ${group(say('text.table'))}><table>`;
renderer.renderer.rules.table_close = () => '</table></div>';
renderer.renderer.rules.fence = (tokens, index) =>
	`<pre ${group(say('text.code'))}><code>${renderer.utils.escapeHtml(tokens[index]?.content ?? '')}</code></pre>`;
// The page's policy allows no style attributes, which is how columns are aligned.
for (const cell of ['th_open', 'td_open'] as const) {
	renderer.renderer.rules[cell] = (tokens, index, options, _env, self) => {
		const token = tokens[index];
		const [, side] = /^text-align:(left|center|right)$/.exec(String(token?.attrGet('style') ?? '')) ?? [];
		if (token !== undefined) token.attrs = side === undefined ? null : [['class', `align-${side}`]];
		return self.renderToken(tokens, index, options);
	};
}
renderer.renderer.rules.code_block = renderer.renderer.rules.fence;

/** What a model wrote: as Markdown without HTML and images, or as it stands while it is very long or still growing. */
export function Markdown({ text, isGrowing = false }: { text: string; isGrowing?: boolean }) {
	const [isAsked, ask] = useState(false);
	const deferred = useDeferredValue(text);
	const isLong = deferred.length > FORMAT_LIMIT && !isAsked;
	const html = useMemo(() => (isLong ? '' : renderer.render(deferred)), [deferred, isLong]);
	if (!isLong) {
		// The renderer escapes everything that is not its own markup.
		// biome-ignore lint/security/noDangerouslySetInnerHtml: markdown-it with html: false
		return <div className="prose" dir="auto" aria-busy={isGrowing} dangerouslySetInnerHTML={{ __html: html }} />;
	}
	return (
		<div className="prose">
			<p className="quiet">
				{say('text.plain', { size: (deferred.length / 1_000_000).toFixed(1) })}{' '}
				{!isGrowing && (
					<button type="button" className="link" onClick={() => ask(true)}>
						{say('text.format')}
					</button>
				)}
			</p>
			<pre className="plain" dir="auto">
				{deferred}
			</pre>
		</div>
	);
}
