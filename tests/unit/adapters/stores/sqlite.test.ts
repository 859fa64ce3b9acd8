import { join } from 'node:path';
import { createSqliteStore } from '../../../../src/adapters/stores/sqlite.ts';
import { storeContract } from '../../../contracts/store-contract.ts';
import { stillClock, temporaryFolders } from './folders.ts';

const newFolder = temporaryFolders();

storeContract(
	'sqlite',
	async () => {
		const dataDir = join(newFolder(), 'data');
		const open = () => createSqliteStore({ dataDir, clock: stillClock });
		return { store: await open(), reopen: open };
	},
	{ durable: true },
);
