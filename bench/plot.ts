import type { Curve } from './growth.ts';
import { said } from './said.ts';

const PANEL = { width: 300, height: 240, left: 52, bottom: 44, top: 34 };
const COLOURS = ['#2563eb', '#9ca3af'];

/** The curves as an SVG: a panel for each thing that grows, both axes logarithmic, so that a straight line at 45 degrees is linear. */
export function growthPlot(curves: readonly Curve[]): string {
	const subjects = [...new Set(curves.map(({ what }) => what))];
	const panels = subjects.map((what, at) =>
		panel(
			what,
			curves.filter((curve) => curve.what === what),
			at * PANEL.width,
		),
	);
	const size = `width="${subjects.length * PANEL.width}" height="${PANEL.height}"`;
	const style = 'font-family="sans-serif" font-size="11" fill="#374151"';
	return `<svg xmlns="http://www.w3.org/2000/svg" ${size} ${style} role="img">\n<title>How the CPU time of a run grows</title>\n<rect ${size} fill="white"/>\n${panels.join('\n')}\n</svg>\n`;
}

function panel(what: string, curves: readonly Curve[], left: number): string {
	const points = curves.flatMap((curve) => curve.points);
	const x = scale(
		points.map((point) => point.x),
		left + PANEL.left,
		left + PANEL.width - 20,
	);
	const y = scale(
		points.map((point) => point.y),
		PANEL.height - PANEL.bottom,
		PANEL.top,
	);
	const ticks = [...new Set(points.map((point) => point.x))].map(
		(value) => `<text x="${x(value)}" y="${PANEL.height - PANEL.bottom + 14}" text-anchor="middle">${value}</text>`,
	);
	const lines = curves.map(({ program, points: own }, at) => {
		const colour = COLOURS[at % COLOURS.length];
		const path = own.map((point) => `${x(point.x)},${y(point.y)}`).join(' ');
		const dots = own.map(
			(point) =>
				`<circle cx="${x(point.x)}" cy="${y(point.y)}" r="2.5" fill="${colour}"/><text x="${x(point.x)}" y="${y(point.y) - 6}" text-anchor="middle" fill="${colour}">${said(point.y, 1)}</text>`,
		);
		const name = `<text x="${left + PANEL.left}" y="${PANEL.top + 4 + at * 13}" fill="${colour}">${program}</text>`;
		return `<polyline points="${path}" fill="none" stroke="${colour}" stroke-width="1.5"/>${dots.join('')}${name}`;
	});
	const axis = `<path d="M${left + PANEL.left} ${PANEL.top}V${PANEL.height - PANEL.bottom}H${left + PANEL.width - 20}" fill="none" stroke="#374151"/>`;
	const titles = `<text x="${left + PANEL.left}" y="18" font-weight="bold">CPU ms of a run, by ${what}</text>`;
	return [axis, titles, ...ticks, ...lines].join('\n');
}

/** From a value to its place between two ends, logarithmically, to a tenth of a pixel. */
function scale(values: readonly number[], from: number, to: number): (value: number) => number {
	const logs = values.map((value) => Math.log(Math.max(value, 1e-9)));
	const [low, high] = [Math.min(...logs), Math.max(...logs)];
	return (value) => {
		const part = high === low ? 0.5 : (Math.log(Math.max(value, 1e-9)) - low) / (high - low);
		return Math.round((from + part * (to - from)) * 10) / 10;
	};
}
