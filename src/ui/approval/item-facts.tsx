import { useMemo } from 'react';
import type { ApprovalItem } from '../../core/approval.ts';
import { say } from '../say.ts';
import { ExactBox, ExactText, partsOf } from '../text/exact-text.tsx';
import { spacedJson } from '../text/json-text.ts';
import { lineDiff } from '../text/line-diff.ts';
import { Votes } from './item-outcome.tsx';

/** As many characters of a digest as people compare. */
const DIGEST_SHOWN = 12;

/** What would run, what it changes and why it is held. Everything in it that is not ours is marked as such. */
export function ItemFacts({ item }: { item: ApprovalItem }) {
	const text = useMemo(() => spacedJson(item.arguments), [item.arguments]);
	return (
		<dl className="facts">
			<div>
				<dt>{say('card.fact.effects')}</dt>
				<dd>{say(`card.effects.${item.effects}`)}</dd>
			</div>
			<div>
				<dt>{say('card.fact.reasons')}</dt>
				<dd>
					<ul>
						{item.reasons.map(({ rule, text: why }) => (
							<li key={rule}>
								<bdi>{why}</bdi> <code className="quiet">{rule}</code>
							</li>
						))}
						{item.tainted && <li>{say('card.tainted')}</li>}
					</ul>
				</dd>
			</div>
			<div className="wide">
				<dt>{say('card.fact.arguments', { count: item.arguments.length })}</dt>
				<dd>
					<ExactText text={text} label={say('card.arguments_label', { tool: item.tool })} />
				</dd>
			</div>
			{item.before !== null && <Difference item={item} now={text} before={item.before} />}
			<div className="wide">
				<dt>{say('card.fact.said')}</dt>
				<dd>{item.said === '' ? <p className="quiet">{say('card.no_words')}</p> : <Said text={item.said} />}</dd>
			</div>
			<div>
				<dt>{say('card.fact.votes')}</dt>
				<dd>
					<Votes item={item} />
				</dd>
			</div>
			<div>
				<dt>{say('card.fact.digest')}</dt>
				<dd>
					<code>{item.digest.slice(0, DIGEST_SHOWN)}</code> · {say('card.revision', { revision: item.revision })}
				</dd>
			</div>
		</dl>
	);
}

/** The agent's own words: shown apart, so that no line of them can pass for one of the card. */
function Said({ text }: { text: string }) {
	return (
		// biome-ignore lint/a11y/noNoninteractiveTabindex: whoever has no mouse scrolls it with the keys
		<blockquote className="foreign" dir="auto" tabIndex={0}>
			{partsOf(text)}
		</blockquote>
	);
}

function Difference({ item, now, before }: { item: ApprovalItem; now: string; before: string }) {
	const lines = useMemo(() => lineDiff(spacedJson(before), now), [before, now]);
	const by = item.editedBy;
	return (
		<div className="wide">
			<dt>{by === null ? say('card.fact.difference') : say('card.fact.difference_by', { who: by.user })}</dt>
			<dd>
				<ExactBox label={say('card.fact.difference')}>
					{lines.map(({ sign, text }, at) => {
						const Line = sign === '-' ? 'del' : sign === '+' ? 'ins' : 'span';
						return (
							// biome-ignore lint/suspicious/noArrayIndexKey: a line has nothing but its place
							<Line key={at}>
								{sign} {partsOf(text)}
								{'\n'}
							</Line>
						);
					})}
				</ExactBox>
			</dd>
		</div>
	);
}
