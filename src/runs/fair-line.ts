/** Whose question waits. */
export interface Claimant {
	/** Platform and server or workspace. */
	tenant: string;
	channel: string;
	user: string;
}

/** Who waits, and the order in which they may begin. It knows no clock and no store. */
export interface FairLine {
	readonly size: number;
	/** Puts something at the end of its claimant's own line. Does nothing when it waits already. */
	add(id: string, of: Claimant): void;
	has(id: string): boolean;
	/** Takes out what may begin next; null: nobody waits. */
	next(): string | null;
	/** Everything that waits, in the order in which it would begin if nobody else came. */
	order(): readonly string[];
}

/**
 * Turns go round among tenants, within a tenant among its channels, within a channel among people, and each person's own
 * are taken in their order. While somebody waits for one turn, each of the others who wait has at most one before it,
 * however many they have waiting, and who comes later has none.
 */
export function createFairLine(): FairLine {
	const root = newNode(0, 0);
	const waiting = new Set<string>();
	let moment = 0;
	const tick = () => {
		moment += 1;
		return moment;
	};

	return {
		get size() {
			return waiting.size;
		},
		has: (id) => waiting.has(id),
		add(id, { tenant, channel, user }) {
			if (waiting.has(id)) return;
			waiting.add(id);
			const at = tick();
			let node = root;
			for (const part of [tenant, channel, user]) node = childOf(node, part, at);
			node.waiting.push(id);
		},
		next() {
			const id = take(root, tick());
			if (id !== null) waiting.delete(id);
			return id;
		},
		order() {
			const copy = copyOf(root);
			return Array.from({ length: waiting.size }, (_, index) => take(copy, moment + index + 1) ?? '');
		},
	};
}

/** All of one tenant, channel or person. One without anything that waits is not kept. */
interface Node {
	/** Its place in its parent's rounds: the lowest is next. */
	round: number;
	/** When it came or had its last turn: within a round, the earliest is next. */
	since: number;
	children: Map<string, Node>;
	/** Of a person alone. */
	waiting: string[];
}

const newNode = (round: number, since: number): Node => ({ round, since, children: new Map(), waiting: [] });

const isEmpty = ({ children, waiting }: Node) => children.size === 0 && waiting.length === 0;

/** One that comes is in the round after the one that goes on, so that nobody who waits has it before them. */
function childOf(node: Node, name: string, at: number): Node {
	const known = node.children.get(name);
	if (known !== undefined) return known;
	const lowest = firstOf(node)?.[1].round ?? 0;
	const fresh = newNode(lowest + 1, at);
	node.children.set(name, fresh);
	return fresh;
}

function firstOf(node: Node): readonly [string, Node] | null {
	let first: readonly [string, Node] | null = null;
	for (const entry of node.children) if (first === null || isBefore(entry[1], first[1])) first = entry;
	return first;
}

function take(node: Node, at: number): string | null {
	const own = node.waiting.shift();
	if (own !== undefined) return own;
	const first = firstOf(node);
	if (first === null) return null;
	const [name, child] = first;
	const id = take(child, at);
	child.round += 1;
	child.since = at;
	if (isEmpty(child)) node.children.delete(name);
	return id;
}

const isBefore = (one: Node, other: Node) =>
	one.round < other.round || (one.round === other.round && one.since < other.since);

const copyOf = (node: Node): Node => ({
	...node,
	waiting: [...node.waiting],
	children: new Map([...node.children].map(([name, child]) => [name, copyOf(child)])),
});
