import type { KeptFiles } from '../../core/kept-files.ts';
import { say } from '../say.ts';
import { escapeUnseen } from '../text/escape-unseen.ts';
import { sizeText } from '../text/size-text.ts';

/** Where a file of the thread is downloaded. */
export type FileAt = (file: { id: string; path: string }) => string;

/** The files that the winner has left beside its answer. */
export function Files({ files: { count, bytes, listed }, fileAt }: { files: KeptFiles; fileAt: FileAt }) {
	if (count === 0) return null;
	return (
		<section className="files">
			<h3>
				{say('files.heading', { count })} <span className="quiet">{sizeText(bytes)}</span>
			</h3>
			<ul>
				{listed.map((file) => (
					<li key={file.path}>
						<a href={fileAt(file)} download>
							<bdi>{escapeUnseen(file.path)}</bdi>
						</a>
						<span className="quiet figure">{sizeText(file.bytes)}</span>
					</li>
				))}
			</ul>
			{count > listed.length && <p className="quiet">{say('files.more', { count: count - listed.length })}</p>}
		</section>
	);
}
