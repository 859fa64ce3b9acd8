import { also, byType, type Check, flag, integer, list, number, oneOf, problem, shape, text, typed } from './checks.ts';
import { objectsIn, stringOf } from './json.ts';
import { richText } from './rich-text-rules.ts';

/** https://docs.slack.dev/reference/block-kit/blocks/data-visualization-block; older and shorter counts are kept. */
const LABEL = 20;
const MAX_SERIES = 6;
const MAX_CATEGORIES = 20;
/** Characters of all cells of a table. */
const CELLS = 10_000;

const point = shape({ label: text(LABEL), value: number });
const axis = shape({ categories: list(text(LABEL), 1, MAX_CATEGORIES) }, { x_label: text(50), y_label: text(50) });
const series = list(shape({ name: text(LABEL), data: list(point, 1, MAX_CATEGORIES) }), 1, MAX_SERIES);

/** Every series has one point for each category, in any order, and a name of its own. */
const axisChart = (type: string): Check =>
	also(typed(type, { series, axis_config: axis }), (chart, path, problems) => {
		const { categories } = { categories: [], ...(chart.axis_config as object) } as { categories: unknown[] };
		const wanted = JSON.stringify([...categories].sort());
		const all = objectsIn(chart.series);
		all.forEach((one, index) => {
			const labels = objectsIn(one.data).map((datum) => datum.label);
			if (JSON.stringify(labels.sort()) !== wanted)
				problems.push(problem('labels must match axis_config.categories', `${path}/series/${index}/data`));
		});
		if (new Set(all.map(({ name }) => name)).size !== all.length)
			problems.push(problem('series names must be unique', `${path}/series`));
	});

export const dataVisualization: Check = typed(
	'data_visualization',
	{
		title: text(50),
		chart: byType({
			pie: typed('pie', { segments: list(point, 1, MAX_SERIES) }),
			bar: axisChart('bar'),
			line: axisChart('line'),
			area: axisChart('area'),
		}),
	},
	{ block_id: text(255) },
);

const cell = byType({
	raw_text: typed('raw_text', { text: text(CELLS, 0) }),
	raw_number: typed('raw_number', { value: number, text: text(CELLS, 0) }),
	rich_text: richText,
});

const cellText = (value: unknown): number =>
	typeof value === 'object' && value !== null
		? Object.entries(value).reduce(
				(sum, [key, inner]) => sum + (key === 'text' ? stringOf(inner).length : 0) + cellText(inner),
				0,
			)
		: 0;

const cellsWithin = (check: Check): Check =>
	also(check, ({ rows }, path, problems) => {
		if (cellText(rows) > CELLS) problems.push(problem(`cells hold more than ${CELLS} characters`, `${path}/rows`));
		const widths = new Set(Array.isArray(rows) ? rows.map((row) => (Array.isArray(row) ? row.length : 0)) : []);
		if (widths.size > 1) problems.push(problem('rows must be of equal length', `${path}/rows`));
	});

const column = shape({}, { align: oneOf('left', 'center', 'right'), is_wrapped: flag });

export const table: Check = cellsWithin(
	typed(
		'table',
		{ rows: list(list(cell, 1, 20), 1, 100) },
		{ block_id: text(255), column_settings: list(column, 0, 20) },
	),
);

export const dataTable: Check = cellsWithin(
	typed(
		'data_table',
		{ rows: list(list(cell, 1, 20), 1, 101), caption: text(255) },
		{ block_id: text(255), page_size: integer(1, 100), row_header_column_index: integer(0, 19) },
	),
);
