import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { createMemoryStore } from '../../src/adapters/stores/memory.ts';
import { openWatch } from '../../src/app/watch.ts';
import { createManualClock } from '../support/manual-clock.ts';
import { queryable } from '../support/metrics-text.ts';
import { strictEnglish } from '../support/say.ts';
import { ROOT } from './source-files.ts';

const dashboardSchema = z.object({
	panels: z.array(z.object({ title: z.string(), targets: z.array(z.object({ expr: z.string() })).default([]) })),
	templating: z.object({ list: z.array(z.object({ name: z.string() })) }),
});
const text = readFileSync(join(ROOT, 'config/deploy/grafana-dashboard.json'), 'utf8');
const dashboard = dashboardSchema.parse(JSON.parse(text));
const queries = dashboard.panels.flatMap(({ targets }) => targets.map(({ expr }) => expr));

/** The metrics of a query: its names without those of labels and functions. */
const metricsOf = (query: string): readonly string[] =>
	query
		.replace(/\{[^}]*\}/g, '')
		.replace(/\bby \([^)]*\)/g, '')
		.match(/\b(?:massgen|gen_ai|nodejs|process)_\w+/g) ?? [];

async function exported(): Promise<ReadonlySet<string>> {
	const options = { clock: createManualClock(), version: '1', telemetry: null, say: await strictEnglish() };
	const watch = await openWatch({ ...options, onProblem: () => {} });
	watch.store(createMemoryStore());
	watch.limit(1);
	await watch.stop();
	return queryable(watch.metrics());
}

it('the dashboard asks only for metrics that the program has, and leaves none out', async () => {
	const known = await exported();
	const asked = new Set(queries.flatMap(metricsOf));
	expect(queries.every((query) => metricsOf(query).length > 0)).toBe(true);
	expect([...asked].filter((name) => !known.has(name))).toEqual([]);
	const families = (names: ReadonlySet<string>) =>
		new Set([...names].map((name) => name.replace(/_(bucket|sum|count)$/, '')));
	expect([...families(known)].filter((name) => !families(asked).has(name))).toEqual([]);
});

it('the dashboard refers to no source of data by name, and to no variable that it does not define', () => {
	const defined = new Set(dashboard.templating.list.map(({ name }) => name));
	const used = [...text.matchAll(/\$\{?([a-z]\w*)/g)].map(([, name = '']) => name);
	expect(used.filter((name) => !defined.has(name))).toEqual([]);
});
