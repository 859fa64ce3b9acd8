import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { createMemoryStore } from '../../../../../src/adapters/stores/memory.ts';
import { type App, createApp } from '../../../../../src/app.ts';
import type { RunEvent } from '../../../../../src/core/run-event.ts';
import type { Store } from '../../../../../src/core/store.ts';
import { temporaryFolder } from '../../../../support/command.ts';

export const TOKEN = 'token-of-build-bot-0123456789';
/** Of another client with the same role. */
export const DEPUTY = 'token-of-deputy-5555555555';
export const LOOKER = 'token-of-looker-9876543210';

const MAIN = `default_team: duo
teams:
  duo:
    description: Two who agree
    agents:
      - id: ada
        backend: &agrees
          type: scripted
          model: scripted
          script:
            answer: [{ new_answer: "On {{question}}: tides." }]
            evaluate: [{ vote: { contains: tides }, reason: It is right. }]
            present: [{ text: "The moon and the sun do it, as all of us think.", tokens_per_second: 60 }]
      - id: bob
        backend: *agrees
  broken:
    agents:
      - id: mute
        backend:
          type: scripted
          model: scripted
          script: { answer: [{ fail: { failure: authentication, message: The key was refused. } }] }
  endless:
    agents:
      - id: sloth
        backend: { type: scripted, model: scripted, script: { answer: [{ hang: true }] } }
  clerk:
    orchestrator: { skip_coordination_rounds: true }
    agents:
      - id: clerk
        backend:
          type: scripted
          model: scripted
          noticeboard: true
          script:
            answer: [{ new_answer: Post it. }]
            present:
              - { text: I would do this now., call: { tool: post_notice, arguments: { text: The shop is open. } } }
              - { text: It was decided. }
`;

const ACCESS = `roles:
  owner: { allow: ['*'] }
  member: { allow: [team, 'run:start', 'run:stop', 'run:read', 'tool:use'] }
  viewer: { allow: [team, 'run:read'] }
given: { web: [owner], terminal: [owner] }
grants:
  - { role: member, platform: api, tenant: local, user: build-bot }
  - { role: member, platform: api, tenant: local, user: deputy }
  - { role: viewer, platform: api, tenant: local, user: looker }
`;
const CLIENTS = `clients:
  - { name: build-bot, token: "\${BUILD_BOT}" }
  - { name: deputy, token: "\${DEPUTY}" }
  - { name: looker, token: "\${LOOKER}" }
`;

export interface ServedApp {
	app: App;
	/** Where it is served, without a slash at the end. */
	url: string;
	store: Store;
	events: RunEvent[];
	problems: string[];
	/** Resolves with the first event that fits, which may have happened already. */
	seen(fits: (event: RunEvent) => boolean): Promise<RunEvent>;
	close(): Promise<void>;
	/** Ends it and starts it anew over the same state. */
	restart(): Promise<ServedApp>;
}

export interface ServedOptions {
	/** Lines of `access.yaml` after those of the roles; left out: three clients. */
	access?: string;
	/** The configuration; left out: the teams `duo`, `broken`, `endless` and `clerk`. */
	main?: string;
	env?: Readonly<Record<string, string>>;
	store?: Store;
}

/** The whole program with its page, over a store in memory; other systems may ask it. Closed with the test. */
export async function servedApp(options: ServedOptions = {}): Promise<ServedApp> {
	const world = await startServedApp(options);
	onTestFinished(world.close);
	return world;
}

/** The same, for whoever closes it. */
export async function startServedApp(options: ServedOptions = {}): Promise<ServedApp> {
	const { path, remove } = await temporaryFolder();
	await writeFile(join(path, 'massgen.yaml'), options.main ?? MAIN);
	await writeFile(join(path, 'access.yaml'), ACCESS + (options.access ?? CLIENTS));
	const store = options.store ?? createMemoryStore();
	const events: RunEvent[] = [];
	const problems: string[] = [];
	const waiting = new Set<() => void>();
	const app = await createApp({
		...{ file: join(path, 'massgen.yaml'), flags: {}, cwd: path, terminal: null, web: true, chats: false },
		env: { DATA_DIR: join(path, 'data'), PORT: '0', BUILD_BOT: TOKEN, DEPUTY, LOOKER, ...options.env },
		observe(event) {
			events.push(event);
			for (const look of waiting) look();
		},
		onProblem: (text) => problems.push(text),
		openStore: async () => ({ ...store, close: async () => {} }),
	});
	let isOpen = true;
	const close = async () => {
		if (!isOpen) return;
		isOpen = false;
		await app.close();
		await remove();
	};
	await app.listen();
	return {
		...{ app, url: app.web?.address() ?? '', store, events, problems, close },
		seen(fits) {
			const { promise, resolve } = Promise.withResolvers<RunEvent>();
			const look = () => {
				const found = events.find(fits);
				if (found !== undefined) resolve(found);
			};
			waiting.add(look);
			look();
			return promise.finally(() => waiting.delete(look));
		},
		async restart() {
			await close();
			const again = await servedApp({ ...options, store });
			await again.app.bot.recover();
			return again;
		},
	};
}
