import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type Docker from 'dockerode';
import type { SandboxImage } from '../../../../core/sandbox.ts';
import { IMAGE_LABEL, imageTag } from '../labels.ts';

/** How often an image is offered to the engine. */
const LOADS = 3;
/** In every image, so that the day it was made on does not make it another one. */
const MADE_AT = '1970-01-01T00:00:00Z';
/** Sorted, of no time, of no user of this machine; all of it belongs to root, so no tool can change it. */
const SAME_EACH_TIME = ['--format=gnu', '--sort=name', '--mtime=@0', '--owner=0', '--group=0', '--numeric-owner'];

export interface ImageContent {
	name: SandboxImage;
	env: readonly string[];
	/** The folder that is its root. */
	root: string;
	/** For what is written on the way: on the same disk, and removed by the caller. */
	workFolder: string;
}

/** Makes an image of one layer, and gives its id: the same for the same files, on any day. */
export async function loadImage(engine: Docker, { name, env, root, workFolder }: ImageContent): Promise<string> {
	const image = join(workFolder, 'image');
	await mkdir(image);
	const layer = await packLayer(root, join(image, 'layer.tar'));
	await rename(join(image, 'layer.tar'), join(image, `${layer}.tar`));
	const config = JSON.stringify({
		architecture: ARCHITECTURES[process.arch] ?? process.arch,
		os: 'linux',
		created: MADE_AT,
		config: { Env: env, Labels: { [IMAGE_LABEL.name]: name, [IMAGE_LABEL.content]: layer } },
		rootfs: { type: 'layers', diff_ids: [`sha256:${layer}`] },
		history: [{ created: MADE_AT, created_by: 'npm run sandbox:build' }],
	});
	const id = createHash('sha256').update(config).digest('hex');
	const tag = imageTag(name);
	// A name keeps it from being tidied away; requests go by the id.
	const manifest = [{ Config: `${id}.json`, RepoTags: [tag], Layers: [`${layer}.tar`] }];
	await writeFile(join(image, `${id}.json`), config);
	await writeFile(join(image, 'manifest.json'), JSON.stringify(manifest));
	for (let loads = 1; ; loads += 1) {
		const packed = tar(image, ['.']);
		const progress = (await engine.loadImage(packed.output, { quiet: true })) as Readable;
		let said = '';
		for await (const chunk of progress) said += chunk;
		await packed.ended;
		// What the engine calls it by: of a store that names images otherwise, another id.
		const { Id } = await engine
			.getImage(tag)
			.inspect()
			.catch(() => ({ Id: '' }));
		if (/^sha256:[0-9a-f]{64}$/.test(Id)) return Id;
		// An engine that loads several at a time can lose one on the way.
		if (loads === LOADS) throw new Error(`the engine made no image: ${said.slice(-300)}`);
	}
}

/** As images name them. */
const ARCHITECTURES: Readonly<Record<string, string>> = { x64: 'amd64', arm64: 'arm64', arm: 'arm' };

/** Packs a folder; the result is the digest of the archive. */
async function packLayer(root: string, file: string): Promise<string> {
	const digest = createHash('sha256');
	const packed = tar(root, [...SAME_EACH_TIME, '--mode=u+rwX,go=rX', '.']);
	const hashed = new Transform({
		transform(chunk, _encoding, done) {
			digest.update(chunk);
			done(null, chunk);
		},
	});
	await pipeline(packed.output, hashed, createWriteStream(file));
	await packed.ended;
	return digest.digest('hex');
}

function tar(folder: string, args: readonly string[]): { output: Readable; ended: Promise<void> } {
	const child = spawn('tar', ['--create', `--directory=${folder}`, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
	const ended = new Promise<void>((resolve, reject) => {
		child.on('error', reject);
		child.on('close', (code) => (code === 0 ? resolve() : reject(new Error(`tar ended with ${code}`))));
	});
	// Heard by whoever waits for it; until then it must not count as unheard.
	ended.catch(() => {});
	return { output: child.stdout, ended };
}
