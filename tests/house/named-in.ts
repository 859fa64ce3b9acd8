/** A path as documents write it: with a slash, or a file of the top folder with an ending that we use. */
const PATH = /^(?:\.?[\w-][\w.-]*\/[\w./<>*-]*|[\w.-]+\.(?:ts|tsx|md|json|ya?ml|example)|LICENSE)$/;

/** The section of a document under a heading of the second level, without the heading; empty when there is none. */
export function sectionOf(markdown: string, title: string): string {
	return markdown.split(/^## /m).find((section) => section.startsWith(`${title}\n`)) ?? '';
}

/** The paths in a document's code spans, up to the first part that stands for any name. */
export function pathsIn(markdown: string): string[] {
	const spans = withoutFences(markdown).matchAll(/`([^`\n]+)`/g);
	const paths = [...spans].flatMap(([, span]) => (span !== undefined && PATH.test(span) ? [fixedPart(span)] : []));
	return [...new Set(paths)];
}

function fixedPart(path: string): string {
	const parts = path.split('/');
	const free = parts.findIndex((part) => /[<>*]/.test(part));
	return (free === -1 ? parts : parts.slice(0, free)).join('/');
}

/** The npm scripts that a document tells its reader to run; `test` and `start` have short forms. */
export function scriptsIn(markdown: string): string[] {
	const names = [...markdown.matchAll(/\bnpm (?:run (?:--silent )?([\w:-]+)|(test|start)\b)/g)];
	return [...new Set(names.map(([, run, short]) => run ?? short ?? ''))];
}

/** The test files that a document tells its reader to run by themselves. */
export function testFilesIn(markdown: string): string[] {
	return [...markdown.matchAll(/\bvitest run ([\w./-]+)/g)].map(([, file]) => file ?? '');
}

/** The commands in a document's `sh` blocks, one a line, comments left out. */
export function commandsIn(markdown: string): string[] {
	const blocks = [...markdown.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, block]) => block ?? '');
	return blocks.flatMap((block) => block.split('\n').filter((line) => line !== '' && !line.startsWith('#')));
}

const withoutFences = (markdown: string) => markdown.replace(/^```.*?^```$/gms, '');
