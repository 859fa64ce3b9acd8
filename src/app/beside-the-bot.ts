import { existsSync } from 'node:fs';
import type { ConfigOptions, LoadedConfig } from '../config/check-config.ts';
import type { ToolServerProbe } from '../config/doctor.ts';
import { loadConfig } from '../config/load-config.ts';
import { sentenceOf } from '../core/errors.ts';
import type { Consent } from '../core/mcp-settings.ts';
import { systemClock } from '../system-clock.ts';
import { openAudit } from './open-access.ts';
import { openLanguages } from './open-languages.ts';
import { openStore } from './open-store.ts';
import { logInToToolServer, probeToolServers } from './open-tools.ts';

/** Tries the tool servers of a configuration. What is kept of them is read, unless another process holds it. */
export async function probeTools(config: LoadedConfig): Promise<readonly ToolServerProbe[]> {
	const { redis, dataDir } = config.settings;
	if (redis === null && !existsSync(dataDir)) return probeToolServers(config, null);
	const say = (await openLanguages(config, { chats: false })).in(null);
	const opening = openStore(config, systemClock, say, () => {});
	const store = await opening.catch((thrown: unknown) => ({ problem: sentenceOf(thrown) }));
	return probeToolServers(config, store).finally(() => ('close' in store ? store.close() : undefined));
}

/** Lets a person log in to an MCP server by its name. See `logInToToolServer`. */
export async function logIn(options: ConfigOptions, server: string, consent: Consent): Promise<string | null> {
	const config = await loadConfig(options);
	const say = (await openLanguages(config, { chats: false })).in(null);
	const store = await openStore(config, systemClock, say, () => {});
	return logInToToolServer(config, server, store, consent).finally(() => store.close());
}

/**
 * Opens the audit for a person who looks at it; `close` gives the store back. Throws `store_locked` while another
 * process has it.
 */
export async function openAuditPlace(options: ConfigOptions, onProblem: (error: unknown) => void) {
	const config = await loadConfig(options);
	const { dataDir, audit } = config.settings;
	const say = (await openLanguages(config, { chats: false })).in(null);
	const store = await openStore(config, systemClock, say, onProblem);
	const log = openAudit({ config, env: options.env, store, clock: systemClock, onProblem });
	return {
		store,
		log,
		source: { dataDir, given: audit.key },
		checkpoints: audit.checkpoints,
		close: () => log.close().then(() => store.close()),
	};
}

/** Counts tokens for estimates; loads a large table, so only where one is asked for. */
export async function loadTokenCounter(): Promise<(text: string) => number> {
	return import('../adapters/tokenizers/gpt-tokenizer.ts').then((it) => it.loadTokenCounter());
}
