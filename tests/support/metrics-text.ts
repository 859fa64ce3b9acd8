/** The value of one series in the text of Prometheus; null: it is not there. */
export function seriesIn(text: string, series: string): number | null {
	const line = text.split('\n').find((one) => one.startsWith(`${series} `));
	return line === undefined ? null : Number(line.slice(series.length + 1));
}

/** What can be asked for by the text of Prometheus: of a histogram its buckets, sum and count. */
export function queryable(text: string): ReadonlySet<string> {
	const typed = text.matchAll(/^# TYPE (\S+) (\S+)$/gm);
	const parts = (name: string) => [`${name}_bucket`, `${name}_sum`, `${name}_count`];
	return new Set([...typed].flatMap(([, name = '', type]) => (type === 'histogram' ? parts(name) : [name])));
}
