import type { DiscordFile } from './discord-body.ts';

/** A file with its bytes. */
export interface LoadedFile {
	name: string;
	data: Buffer;
	/** Made by the agents, and not a text that this program shows. */
	isResult: boolean;
}

/** Reads the files of a message; `gone`: names of those that are not kept any more. */
export async function loadedFiles(
	files: readonly DiscordFile[],
	keptFile: (id: string) => Promise<Uint8Array | null>,
): Promise<{ loaded: readonly LoadedFile[]; gone: readonly string[] }> {
	const loaded: LoadedFile[] = [];
	const gone: string[] = [];
	for (const file of files) {
		const { name } = file;
		const data = 'text' in file ? Buffer.from(file.text) : await keptFile(file.kept);
		if (data === null) gone.push(name);
		else loaded.push({ name, data: Buffer.from(data), isResult: !('text' in file) });
	}
	return { loaded, gone };
}
