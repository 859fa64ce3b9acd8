import { said } from './said.ts';

/** What a value has to be. */
export interface Goal {
	limit: number;
	atLeast?: boolean;
}

export interface Finding {
	what: string;
	value: number;
	unit: string;
	digits?: number;
	/** Null: there is none, the figure is for the reader. */
	goal: Goal | null;
	/** Figures of the same run to compare it with. */
	beside?: string;
}

const isMet = (value: number, { limit, atLeast = false }: Goal) => (atLeast ? value >= limit : value <= limit);

/** The findings as one markdown table, in their order. */
export function findingsTable(findings: readonly Finding[]): string {
	const rows = findings.map(({ what, value, unit, digits = 2, goal, beside = '' }) => {
		const bound = goal === null ? '' : `${goal.atLeast === true ? 'at least' : 'at most'} ${goal.limit}`;
		const verdict = goal === null ? '' : isMet(value, goal) ? 'yes' : '**no**';
		const measured = Number.isFinite(value) ? `${said(value, digits)} ${unit}`.trim() : 'not measured';
		return [what, measured, bound, verdict, beside];
	});
	return markdownTable(['what', 'measured', 'goal', 'met', 'in the same run'], rows);
}

export function markdownTable(titles: readonly string[], rows: readonly (readonly string[])[]): string {
	return [titles, titles.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
}
