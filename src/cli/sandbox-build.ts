import { buildSandboxImages } from '../app/open-sandbox.ts';
import { packageOfServer } from '../config/mcp-presets.ts';
import { sandboxBuildArguments, usage } from './arguments.ts';
import { exitCode } from './exit-code.ts';

/** `npm run sandbox:build`: makes the images that tools run in and says their ids. Returns the exit code. */
export async function sandboxBuild(args: readonly string[]): Promise<number> {
	const { help, servers } = sandboxBuildArguments(args);
	if (help) {
		process.stdout.write(usage);
		return exitCode.done;
	}
	const images = await buildSandboxImages(servers.map(packageOfServer), (text) =>
		process.stderr.write(`${text} ...\n`),
	);
	for (const { name, id } of images) process.stdout.write(`${name} ${id}\n`);
	return exitCode.done;
}
