import { revealedText } from '../../../core/foreign-text.ts';
import type { KeptFiles } from '../../../core/kept-files.ts';
import type { Say } from '../../../core/say.ts';
import { fitted, oneLine } from './fit-text.ts';
import type { Page } from './page.ts';
import type { WrittenFile } from './write-files.ts';

/** The files that the winner has left beside its answer. */
export function fileLines({ count, bytes, listed }: KeptFiles, page: Page): string[] {
	if (count === 0) return [];
	const { say, style, width } = page;
	const line = (...[text, aside]: readonly [string, string]) => fitted([[text], [`  ${aside}`, style.dim]], width);
	return [
		'',
		line(` ${style.bold(say('files.heading', { count }))}`, sizeText(bytes, say)),
		...listed.map((file) => line(`   ${shownPath(file.path)}`, sizeText(file.bytes, say))),
		...(count > listed.length ? [`   ${style.dim(say('files.more', { count: count - listed.length }))}`] : []),
	];
}

/** What became of the files that were to be written. */
export function writtenText(folder: string, results: readonly WrittenFile[], say: Say): string {
	const written = results.filter(({ type }) => type === 'written').length;
	const others = results.flatMap((result) => {
		if (result.type === 'written') return [];
		const reason = result.type === 'failed' ? result.reason : '';
		return [say(`files.not.${result.type}`, { path: shownPath(result.path), reason })];
	});
	return [say('files.written', { count: written, folder }), ...others].join('\n');
}

const shownPath = (path: string) => oneLine(revealedText(path));

/** In the units of thousands that file managers have. */
function sizeText(bytes: number, say: Say): string {
	if (bytes < 1_000) return say('size.bytes', { count: bytes });
	const isSmall = bytes < 999_950;
	const size = (bytes / (isSmall ? 1_000 : 1_000_000)).toFixed(1);
	return say(isSmall ? 'size.kilobytes' : 'size.megabytes', { size });
}
