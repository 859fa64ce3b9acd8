import { describe, expect, it } from 'vitest';
import { attachmentNamed } from '../../../../../src/adapters/gateways/web/attachment-name.ts';
import { served } from './served.ts';
import { finished, placeIn } from './thread-messages.ts';

const BYTES = new TextEncoder().encode('<script>alert(1)</script>');

/** A thread `t1` whose result has a file, and one `t2` whose result has none. */
async function withFiles() {
	const page = await served();
	const listed = [{ path: 'site/index.html', bytes: BYTES.length, id: 'f1' }];
	await page.show(placeIn('t1'), {
		...finished('Done.'),
		files: { id: 'all', count: 1, bytes: BYTES.length, listed },
	});
	await page.show(placeIn('t2', 'r2'), finished('Done.'));
	page.host.kept.set('f1', BYTES);
	page.host.kept.set('f2', BYTES);
	return page;
}

const codeOf = async (response: Response) => [
	response.status,
	((await response.json()) as { error: { code: string } }).error.code,
];

describe('a file beside a result', () => {
	it('is downloaded as it was kept, and never shown', async () => {
		const response = await (await withFiles()).get('/api/threads/t1/files/f1?path=site%2Findex.html');
		expect(response.status).toBe(200);
		expect(new Uint8Array(await response.arrayBuffer())).toEqual(BYTES);
		expect(response.headers.get('content-type')).toBe('application/octet-stream');
		expect(response.headers.get('x-content-type-options')).toBe('nosniff');
		expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
		expect(response.headers.get('content-disposition')).toBe(
			'attachment; filename="index.html"; filename*=UTF-8\'\'index.html',
		);
	});

	it.each([
		['another thread', 't2/files/f1?path=site%2Findex.html'],
		['no thread', 't9/files/f1?path=site%2Findex.html'],
		['a file that no result lists', 't1/files/f2?path=site%2Findex.html'],
		['another path', 't1/files/f1?path=site%2Fother.html'],
		['a way out', 't1/files/..%2F..%2Fetc%2Fpasswd?path=site%2Findex.html'],
	])('is not there for %s', async (_what, path) => {
		expect(await codeOf(await (await withFiles()).get(`/api/threads/${path}`))).toEqual([404, 'file_unknown']);
	});

	it('that is not kept any more is said to be gone', async () => {
		const page = await withFiles();
		page.host.kept.clear();
		const response = await page.get('/api/threads/t1/files/f1?path=site%2Findex.html');
		expect(await codeOf(response)).toEqual([404, 'file_unknown']);
	});

	it('is for who is signed in', async () => {
		const page = await served({ token: 'a token' });
		expect((await page.get('/api/threads/t1/files/f1?path=x')).status).toBe(401);
	});
});

describe('the name of a download', () => {
	it.each([
		['report.pdf', 'report.pdf', 'report.pdf'],
		['a/b/übersicht 1.md', '_bersicht 1.md', '%C3%BCbersicht%201.md'],
		['a\\b\\c.txt', 'c.txt', 'c.txt'],
		['..', 'file', 'file'],
		['a/', 'file', 'file'],
		['photo\u202egpj.exe', 'photogpj.exe', 'photogpj.exe'],
		['a"; filename="b.exe', 'a_; filename=_b.exe', 'a_%3B%20filename%3D_b.exe'],
		['a\r\nSet-Cookie: x', 'a_Set-Cookie_ x', 'a_Set-Cookie_%20x'],
		["it's (1).txt", "it's (1).txt", 'it%27s%20%281%29.txt'],
		['\ud83d', '_', '%EF%BF%BD'],
	])('of %j', (path, plain, encoded) => {
		expect(attachmentNamed(path)).toBe(`attachment; filename="${plain}"; filename*=UTF-8''${encoded}`);
	});

	it('is cut where it is too long, and keeps its ending', () => {
		expect(attachmentNamed(`${'x'.repeat(300)}.txt`)).toMatch(/filename="x{76}\.txt"/);
	});
});
