import { visibleText } from '../shared/visible-text.ts';

/** Longest name that is offered, in characters; common file systems take 255 bytes. */
const MAX_NAME = 80;

/**
 * The value of `Content-Disposition` that lets a browser keep a file under the last part of its path (RFC 6266).
 * Nothing in the name turns its direction or leads into another folder.
 */
export function attachmentNamed(path: string): string {
	const last = path.split(/[\\/]/).at(-1) ?? '';
	const shown = visibleText(last)
		.replace(/[\n\t"<>:|?*]/g, '_')
		.trim();
	const name = /^\.*$/.test(shown) ? 'file' : [...shown].slice(-MAX_NAME).join('');
	const ascii = name.replace(/[^\u0020-\u007e]/g, '_');
	const encoded = encodeURIComponent(name).replace(/['()*]/g, (mark) => `%${mark.charCodeAt(0).toString(16)}`);
	return `attachment; filename="${ascii}"; filename*=UTF-8''${encoded}`;
}
