import type { Say } from '../../src/core/say.ts';
import { loadCatalogue } from '../../src/observers/catalogue.ts';

/** The English catalogue; a text or a value that is missing fails the test. */
export function strictEnglish(): Promise<Say> {
	return loadCatalogue('en', {
		onMissing: (name) => {
			throw new Error(`the catalogue has no ${name}`);
		},
	});
}
