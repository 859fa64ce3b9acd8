import { createInProcessQueue } from '../../../../src/adapters/queues/in-process.ts';
import { queueContract } from '../../../contracts/queue-contract.ts';

queueContract('in process', async () => createInProcessQueue());
