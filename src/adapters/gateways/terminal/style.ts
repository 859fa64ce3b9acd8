type Paint = (text: string) => string;

/** How a page looks: its colours and its signs. */
export interface Style {
	readonly colours: boolean;
	bold: Paint;
	dim: Paint;
	italic: Paint;
	red: Paint;
	green: Paint;
	yellow: Paint;
	magenta: Paint;
	cyan: Paint;
	signs: Signs;
}

export interface Signs {
	spinner: readonly string[];
	title: string;
	waiting: string;
	answered: string;
	done: string;
	out: string;
	winner: string;
	warning: string;
	bar: string;
	track: string;
	rule: string;
	gutter: string;
	dot: string;
}

const unicode: Signs = {
	spinner: ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'],
	title: '◆',
	waiting: '○',
	answered: '●',
	done: '✓',
	out: '✗',
	winner: '★',
	warning: '▲',
	bar: '█',
	track: '░',
	rule: '─',
	gutter: '│',
	dot: '·',
};

const ascii: Signs = {
	spinner: ['|', '/', '-', '\\'],
	title: '*',
	waiting: '.',
	answered: 'o',
	done: '+',
	out: 'x',
	winner: '*',
	warning: '!',
	bar: '#',
	track: '.',
	rule: '-',
	gutter: '|',
	dot: '-',
};

/** The sixteen theme colours only, so that a page is readable on light and on dark. `plainSigns`: ASCII. */
export function createStyle({ colours, plainSigns }: { colours: boolean; plainSigns: boolean }): Style {
	const sgr = (on: number, off: number): Paint =>
		colours ? (text) => `\u001b[${on}m${text}\u001b[${off}m` : (text) => text;
	return {
		colours,
		bold: sgr(1, 22),
		dim: sgr(2, 22),
		italic: sgr(3, 23),
		red: sgr(31, 39),
		green: sgr(32, 39),
		yellow: sgr(33, 39),
		magenta: sgr(35, 39),
		cyan: sgr(36, 39),
		signs: plainSigns ? ascii : unicode,
	};
}
