import type { ServerResponse } from 'node:http';
import { SlackRefusal } from './refusal.ts';
import type { RawRequest } from './web-api.ts';
import { tokenRecord } from './web-api.ts';
import type { SlackFile, SlackWorld } from './world.ts';

function fileAt(world: SlackWorld, path: string): { file: SlackFile; team: string } | null {
	const [team = '', id = ''] = path.split('-');
	const file = world.teams.get(team)?.files.get(id);
	return file === undefined ? null : { file, team };
}

/** The bytes of an upload: the body itself, or the first part of a form, as the SDK sends it. */
async function bytesOf({ headers, body }: RawRequest): Promise<Buffer> {
	const type = headers['content-type'] ?? '';
	if (!type.startsWith('multipart/form-data')) return body;
	const form = await new Response(new Uint8Array(body), { headers: { 'content-type': type } }).formData();
	for (const part of form.values()) {
		return typeof part === 'string' ? Buffer.from(part) : Buffer.from(await part.arrayBuffer());
	}
	return Buffer.alloc(0);
}

async function upload(world: SlackWorld, path: string, raw: RawRequest, response: ServerResponse): Promise<void> {
	const found = fileAt(world, path);
	const content = await bytesOf(raw);
	if (found === null || found.file.uploaded || content.length !== found.file.length) {
		world.ledger.violate('upload_refused', 'upload', `${content.length} bytes, announced ${found?.file.length}`);
		response.writeHead(found === null ? 404 : 400).end('upload refused');
		return;
	}
	Object.assign(found.file, { content, uploaded: true });
	world.ledger.changed();
	response.writeHead(200, { 'content-type': 'text/plain' }).end(`OK - ${content.length}`);
}

/** Whether the caller may read the team's files; those who may not get a page to sign in, with a good status. */
function mayRead(world: SlackWorld, team: string, raw: RawRequest): boolean {
	const token = /^Bearer (.+)$/.exec(raw.headers.authorization ?? '')?.[1] ?? '';
	try {
		const record = tokenRecord(world, token);
		return record.team === team && record.scopes.includes('files:read');
	} catch (error) {
		if (error instanceof SlackRefusal) return false;
		throw error;
	}
}

function download(world: SlackWorld, path: string, raw: RawRequest, response: ServerResponse): void {
	const found = fileAt(world, path.split('/')[0] ?? '');
	if (found === null) {
		response.writeHead(404).end('no such file');
	} else if (!mayRead(world, found.team, raw)) {
		world.ledger.violate('file_without_token', 'download', found.file.name);
		response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>Sign in to Slack</title>');
	} else {
		response.writeHead(200, { 'content-type': found.file.mimetype, 'content-length': found.file.content.length });
		response.end(found.file.content);
	}
}

/** Uploads and downloads; false when the path is neither. */
export async function handleFiles(world: SlackWorld, raw: RawRequest, response: ServerResponse): Promise<boolean> {
	const { path } = raw;
	if (path.startsWith('/upload/v1/')) await upload(world, path.slice('/upload/v1/'.length), raw, response);
	else if (path.startsWith('/files-pri/')) download(world, path.slice('/files-pri/'.length), raw, response);
	else return false;
	return true;
}
