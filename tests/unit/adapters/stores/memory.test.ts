import { createMemoryStore } from '../../../../src/adapters/stores/memory.ts';
import { storeContract } from '../../../contracts/store-contract.ts';

storeContract('memory', async () => ({ store: createMemoryStore({ durable: false }) }), { durable: false });
