import { sandboxWorld } from '../../support/sandbox-world.ts';

/** A bot that has tools running and is killed by the test: `bot-child.ts <instance>`. */
const world = sandboxWorld(process.argv[2]);
const workspace = await world.sandbox.workspace(world.run, 'files', { bytes: 2 ** 20, files: 10 });
const mounts = [{ workspace, at: '/workspace', writable: true }];
await world.spawn(['sleep', 'infinity'], { mounts });
await world.spawn(['sleep', 'infinity'], { limits: { ...(await world.request([])).limits, wallMs: null } });
process.stdout.write('ready\n');
// The engine's answers to come keep the process alive.
