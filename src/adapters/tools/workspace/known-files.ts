/** What programs make and make again; it may be deleted unread. */
const OUTPUT = new Set(
	'node_modules __pycache__ .cache .pytest_cache .mypy_cache .ruff_cache .venv venv dist build target coverage'.split(
		' ',
	),
);

/** The files that an agent has made or read, by their absolute names: it may delete these. */
export interface KnownFiles {
	add(file: string): void;
	/** A file or a folder with all that is in it. */
	addAll(name: string): void;
	move(from: string, to: string): void;
	remove(name: string): void;
	has(file: string): boolean;
}

export function createKnownFiles(): KnownFiles {
	const files = new Set<string>();
	const trees = new Set<string>();
	const isIn = (name: string, tree: string) => `${name}/`.startsWith(`${tree}/`);
	const remove = (name: string) => {
		for (const set of [files, trees]) for (const one of set) if (isIn(one, name)) set.delete(one);
	};
	return {
		add: (file) => void files.add(file),
		addAll: (name) => void trees.add(name),
		move(from, to) {
			if ([...trees].some((tree) => isIn(from, tree))) trees.add(to);
			for (const set of [files, trees]) {
				for (const one of [...set]) if (isIn(one, from)) set.add(`${to}${one.slice(from.length)}`);
			}
			remove(from);
		},
		remove,
		has: (file) =>
			files.has(file) ||
			[...trees].some((tree) => isIn(file, tree)) ||
			file
				.split('/')
				.slice(0, -1)
				.some((part) => OUTPUT.has(part)),
	};
}
