/** The value below which the share `q` of the values lies; NaN without values. */
export function quantile(values: readonly number[], q: number): number {
	const sorted = values.toSorted((a, b) => a - b);
	return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? Number.NaN;
}

export function median(values: readonly number[]): number {
	const sorted = values.toSorted((a, b) => a - b);
	const above = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
	const below = sorted[Math.ceil(sorted.length / 2) - 1] ?? Number.NaN;
	return (above + below) / 2;
}

/** The exponent of growth: the least-squares slope of log y over log x. 1 is linear. */
export function growthExponent(points: readonly { x: number; y: number }[]): number {
	const logs = points.filter(({ x, y }) => x > 0 && y > 0).map(({ x, y }) => ({ x: Math.log(x), y: Math.log(y) }));
	const mean = (pick: (point: { x: number; y: number }) => number) =>
		logs.reduce((sum, point) => sum + pick(point), 0) / logs.length;
	const [mx, my] = [mean(({ x }) => x), mean(({ y }) => y)];
	const across = logs.reduce((sum, { x, y }) => sum + (x - mx) * (y - my), 0);
	return across / logs.reduce((sum, { x }) => sum + (x - mx) ** 2, 0);
}
