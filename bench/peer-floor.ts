/** The floor: Node's own HTTP client, the same job, and not one thing more. */
import { floorModel } from './floor-model.ts';
import { handRolledRun } from './hand-rolled.ts';
import { peerMain } from './peer-main.ts';

await peerMain(async (setup) => handRolledRun(setup, floorModel(setup.baseUrl)));
