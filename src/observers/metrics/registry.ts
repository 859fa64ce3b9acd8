/** What a measurement is of, by label name. */
export type Labels = Readonly<Record<string, string>>;

export interface Counter {
	/** Adds `by` (0 or more; 1 when left out). */
	add(labels: Labels, by?: number): void;
}

export interface Histogram {
	record(labels: Labels, value: number): void;
}

/** One measured value of a gauge. */
export type Reading = readonly [Labels, number];

/** Numbers of this process since its start, in the text format of Prometheus. */
export interface Registry {
	/** Its name ends in `_total`. */
	counter(name: string, help: string): Counter;
	/** `bounds`: upper bounds in ascending order, without the infinite one. */
	histogram(name: string, help: string, bounds: readonly number[]): Histogram;
	/** Read when somebody asks. `type`: `counter` for what only grows. */
	gauge(name: string, help: string, read: () => readonly Reading[], type?: 'gauge' | 'counter'): void;
	/** Everything that was measured so far. */
	text(): string;
}

/** Sets of label values of one metric; what comes beyond them is counted together under `other`. */
const MOST_SERIES = 500;

/** Seconds that a person or a provider takes. */
export const SECONDS = [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92];

export function createRegistry(): Registry {
	const metrics = new Map<string, () => string>();

	/** One definition for each name: a second one would make the text invalid. */
	const add = (name: string, help: string, type: string, lines: () => readonly string[]) => {
		if (metrics.has(name)) throw new Error(`the metric ${name} is defined twice`);
		metrics.set(name, () => {
			const head = [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`];
			return `${[...head, ...lines()].join('\n')}\n`;
		});
	};

	return {
		counter(name, help) {
			const series = createSeries<{ sum: number }>(() => ({ sum: 0 }));
			add(name, help, 'counter', () => series.lines(({ sum }, labels) => [`${name}${braced(labels)} ${sum}`]));
			return {
				add(labels, by = 1) {
					series.at(labels).sum += by;
				},
			};
		},
		histogram(name, help, bounds) {
			const series = createSeries(() => ({ counts: bounds.map(() => 0), count: 0, sum: 0 }));
			add(name, help, 'histogram', () =>
				series.lines(({ counts, count, sum }, labels) => {
					let below = 0;
					const buckets = bounds.map((bound, index) => {
						below += counts[index] ?? 0;
						return `${name}_bucket${braced(labels, `le="${bound}"`)} ${below}`;
					});
					const all = `${name}_bucket${braced(labels, 'le="+Inf"')} ${count}`;
					return [...buckets, all, `${name}_sum${braced(labels)} ${sum}`, `${name}_count${braced(labels)} ${count}`];
				}),
			);
			return {
				record(labels, value) {
					const one = series.at(labels);
					const index = bounds.findIndex((bound) => value <= bound);
					if (index !== -1) one.counts[index] = (one.counts[index] ?? 0) + 1;
					one.count += 1;
					one.sum += value;
				},
			};
		},
		gauge(name, help, read, type = 'gauge') {
			add(name, help, type, () => read().map(([labels, value]) => `${name}${braced(written(labels))} ${value}`));
		},
		text: () => [...metrics.values()].map((one) => one()).join(''),
	};
}

/** What is counted for each set of label values, by the text of the labels. */
function createSeries<One>(fresh: () => One) {
	const series = new Map<string, One>();
	const at = (labels: Labels): One => {
		const key = written(labels);
		const known = series.get(key);
		if (known !== undefined) return known;
		if (series.size >= MOST_SERIES && !Object.values(labels).every((value) => value === 'other')) {
			return at(Object.fromEntries(Object.keys(labels).map((name) => [name, 'other'])));
		}
		const one = fresh();
		series.set(key, one);
		return one;
	};
	return {
		at,
		lines: (line: (one: One, labels: string) => readonly string[]) =>
			[...series].flatMap(([labels, one]) => line(one, labels)),
	};
}

const written = (labels: Labels): string =>
	Object.entries(labels)
		.map(([name, value]) => `${name}="${escaped(value)}"`)
		.join(',');

const escaped = (value: string) => value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');

const braced = (labels: string, more = ''): string => {
	const all = [labels, more].filter((part) => part !== '').join(',');
	return all === '' ? '' : `{${all}}`;
};
