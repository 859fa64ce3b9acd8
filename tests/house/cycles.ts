/** Cycles of any length in a graph, one per strongly connected group: its members, in ascending order. */
export function cycles(graph: ReadonlyMap<string, ReadonlySet<string>>): string[][] {
	const reach = new Map([...graph.keys()].map((node) => [node, reachable(graph, node)] as const));
	const found = new Map<string, string[]>();
	for (const [node, targets] of reach) {
		if (!targets.has(node)) continue;
		const group = [...targets].filter((other) => reach.get(other)?.has(node)).sort();
		found.set(group.join(' '), group);
	}
	return [...found.values()];
}

function reachable(graph: ReadonlyMap<string, ReadonlySet<string>>, start: string): Set<string> {
	const seen = new Set<string>();
	const open = [...(graph.get(start) ?? [])];
	for (let node = open.pop(); node !== undefined; node = open.pop()) {
		if (seen.has(node)) continue;
		seen.add(node);
		open.push(...(graph.get(node) ?? []));
	}
	return seen;
}
