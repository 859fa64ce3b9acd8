/** Who works on an answer, as models write of them. */
const WORKER = String.raw`(?:all |both |most )?(?:of )?(?:the )?(?:other )?(?:agents?|agent ?\d+(?:\.\d+)?|assistants?|models?|orchestrator|presenter|winner)(?:'s (?:answer|reply|response|draft))?`;

/** What is said of how an answer came about, or to nobody in particular; never of the matter itself. */
const CHATTER: readonly RegExp[] = [
	/\bagent ?\d+(?:\.\d+)?\b/i,
	/\bnew_answer\b|\bvote\(/i,
	new RegExp(
		String.raw`^${WORKER} (?:has |have |had )?(?:voted?|agreed?|disagreed|chose|selected|presented|proposed|answered|replied|responded|explained|provided|gave|offered|suggested|recommended|summari[sz]ed|listed|described|noted|confirmed|used|called|added|is|are|was|were|will|can|cannot|could|did|does)\b`,
		'i',
	),
	/^(?:the )?(?:user|person|requester|human) (?:has |had )?(?:asked|asks|requested|requests|inquired|wanted to know|wants to know|is asking|was asking|posed|greeted|thanked|thanks|said hello)\b/i,
	/\b(?:votes?|voting|ballots?|tally|consensus|quorum) (?:was|were|is|are|for|went|closed|reached|by|of) .*\b(?:agents?|answers?|team)\b/i,
	/\b(?:agents?|answers?) .*\b(?:votes?|voted|voting|consensus|tally)\b/i,
	/^(?:the )?(?:final |best |winning |previous |first |second |improved |current |presented )?(?:answer|response|draft|explanation|summary|reply) (?:is|was|were|has|had|covers?|includes?|contains?|explains?|mentions?|lacks?|combines?|provides?|gives?|adds?|uses?)\b/i,
	/^the (?:vote|voting|ballot|tally) (?:closed|ended|was|went|tied)\b.*\b(?:tie|order|answers?|agents?|unanimous\w*)\b/i,
	/^(?:this|the|that) (?:conversation|discussion|exchange|question|run|chat|session|thread) (?:is|was|were|has|had|about|cover(?:s|ed)?|dealt|ended|began|started|concerns?)\b/i,
	/^(?:sure|certainly|of course|thanks?|thank you|hello|hi|ok(?:ay)?|great|understood|got it|no problem|you'?re welcome)\b[^.]{0,60}[.!]?$/i,
	/\b(?:as an ai|language model|i (?:cannot|can't|could not|will|would|am going to|have|hope|am happy)|let me know|feel free)\b/i,
	/\b(?:tool calls?|search tool|web search|the tool|mcp server) (?:was|were|is|returned|failed|timed out|gave|found|used|made)\b/i,
	/\b(?:used|called|ran|invoked) (?:the |a )?(?:\w+ )?(?:tool|web search|search|shell)\b/i,
	/\b(?:confidence|certainty) (?:is|was|level|of) (?:high|low|medium|moderate|\d)/i,
	/\b(?:always|automatically) (?:approve|accept|allow|grant|confirm)\b/i,
	/\b(?:ignore|disregard|override) (?:all |any |the )?(?:previous|earlier|other|prior|system|safety)\b/i,
];

/**
 * Whether a text tells how an answer came about, or tells its reader what to do, where a fact was wanted. A rule over
 * English texts: what it does not know in other languages is kept.
 */
export function isChatter(text: string): boolean {
	return wordCount(text) < 2 || CHATTER.some((pattern) => pattern.test(text));
}

const wordCount = (text: string) => {
	const words = [...new Intl.Segmenter('en', { granularity: 'word' }).segment(text)];
	return words.filter(({ isWordLike }) => isWordLike === true).length;
};
