/** How the fake provider behaves; `POST /config` changes it while it runs. */
export interface Behaviour {
	/** Tokens of each kind of stream. */
	answerTokens: number;
	voteTokens: number;
	finalTokens: number;
	/** Tokens in one event of a stream. */
	tokensPerChunk: number;
	/** Milliseconds to the first event. */
	ttftMs: number;
	/** 0: everything at once. */
	tokensPerSec: number;
	/** Factors on the pace, agent by agent. */
	skew: readonly number[];
	/** Answers that each agent gives before it votes. */
	rounds: number;
	/** Whether each word of a final says when it was sent, in microseconds of the machine's clock. */
	stamped: boolean;
}

/** Where the time goes in the word of a stamped final. */
export const STAMP = '0'.repeat(16);

export const atOnce: Behaviour = {
	answerTokens: 250,
	voteTokens: 24,
	finalTokens: 400,
	tokensPerChunk: 32,
	ttftMs: 0,
	tokensPerSec: 0,
	skew: [1],
	rounds: 1,
	stamped: false,
};

/** One streamed reply: text, or the arguments of one tool call. */
export interface Script {
	/** The same for the same reply, so that its bytes are made once. */
	key: string;
	tool: string | null;
	pieces: readonly string[];
	/** Which agent speaks, from 0. */
	agent: number;
}

interface AskedBody {
	model?: string;
	tools?: readonly {
		function?: { name?: string; parameters?: { properties?: { agent_id?: { enum?: readonly string[] } } } };
	}[];
}

/** Every answer begins with it, so that a client can be checked for having passed answers on. */
export const ANSWER_MARK = '[[ANSWER ';

const WORDS = 'what a team finds together each member checks alone before it signs so nothing rests on one voice'.split(
	' ',
);

/** `count` words with a space after each, always the same for the same `start`, `perPiece` of them in a piece. */
function wordPieces(count: number, start: number, perPiece: number): string[] {
	const pieces: string[] = [];
	for (let made = 0; made < count; made += perPiece) {
		const size = Math.min(perPiece, count - made);
		const words = Array.from({ length: size }, (_, at) => `${WORDS[(start + (made + at) * 5) % WORDS.length]} `);
		pieces.push(words.join(''));
	}
	return pieces;
}

/** The text of a JSON object whose last field is the text in `pieces`, cut where the pieces are cut. */
function argumentPieces(fields: Readonly<Record<string, string>>, last: string, pieces: readonly string[]): string[] {
	const head = Object.entries(fields).map(([name, value]) => `"${name}":${JSON.stringify(value)},`);
	return [`{${head.join('')}"${last}":"`, ...pieces.map((piece) => JSON.stringify(piece).slice(1, -1)), '"}'];
}

/**
 * What a request is answered with. Without tools: the final text. With `vote` on offer, once an answer is in the
 * prompt: a vote for the first name on the ballot. Otherwise a new answer. The agent is the number that ends the model.
 */
export function scriptFor(body: AskedBody, raw: string, behaviour: Behaviour): Script {
	const { answerTokens, voteTokens, finalTokens, tokensPerChunk: perPiece, stamped, rounds } = behaviour;
	const agent = Math.max(1, Number(/(\d+)$/.exec(body.model ?? '')?.[1] ?? 1)) - 1;
	const tools = (body.tools ?? []).flatMap((tool) => tool.function ?? []);
	if (tools.length === 0) {
		const pieces = wordPieces(finalTokens, 3, perPiece);
		return { key: `final ${agent}`, tool: null, pieces: stamped ? pieces.map(() => `${STAMP} `) : pieces, agent };
	}
	const vote = tools.find(({ name }) => name === 'vote');
	const given = roundsIn(raw, agent);
	const hasToVote = tools.length === 1 || (raw.includes(ANSWER_MARK) && given >= rounds);
	if (vote !== undefined && hasToVote) {
		const choice = vote.parameters?.properties?.agent_id?.enum?.[0] ?? 'agent1';
		const reason = wordPieces(voteTokens, 1, perPiece);
		const pieces = argumentPieces({ agent_id: choice }, 'reason', reason);
		return { key: `vote ${agent} ${choice}`, tool: 'vote', pieces, agent };
	}
	const round = given + 1;
	// Another text each time: an answer that was given already is refused.
	const [first = '', ...rest] = wordPieces(answerTokens, agent + 7 * given, perPiece);
	const marked = [`${ANSWER_MARK}a${agent + 1} r${round}]] ${first}`, ...rest];
	return { key: `answer ${agent} ${round}`, tool: 'new_answer', pieces: argumentPieces({}, 'content', marked), agent };
}

/** How many answers of the agent a prompt shows the latest of. */
function roundsIn(raw: string, agent: number): number {
	const marks = [...raw.matchAll(/\[\[ANSWER a(\d+) r(\d+)\]\]/g)];
	return Math.max(0, ...marks.flatMap(([, of, round]) => (Number(of) === agent + 1 ? [Number(round)] : [])));
}

export interface Expected {
	finalChars: number;
	/** New answers of each agent. */
	answerRounds: number;
	/** The least time a run can take: its slowest answer, its slowest vote, the first agent's presentation. */
	criticalPathMs: number;
}

/** What every run must come to. The shape is that of the shared bench, so that its programs run against this server. */
export function expectedOf(behaviour: Behaviour): Expected {
	const { ttftMs, tokensPerSec, tokensPerChunk, skew, rounds } = behaviour;
	const gapMs = tokensPerSec === 0 ? 0 : (1000 / tokensPerSec) * tokensPerChunk;
	const tool = (name: string) => ({ function: { name } });
	const answer = scriptFor({ tools: [tool('new_answer')] }, '', behaviour).pieces;
	const vote = scriptFor({ tools: [tool('vote')] }, '', behaviour).pieces;
	const final = scriptFor({}, '', behaviour).pieces;
	const lasts = (pieces: readonly string[], factor: number) => ttftMs + (pieces.length - 1) * gapMs * factor;
	const slowest = Math.max(...skew);
	return {
		finalChars: final.join('').length,
		answerRounds: rounds,
		criticalPathMs: rounds * lasts(answer, slowest) + lasts(vote, slowest) + lasts(final, skew[0] ?? 1),
	};
}
