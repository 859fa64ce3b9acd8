import type { Audit } from '../../src/core/audit.ts';
import type { Store } from '../../src/core/store.ts';

/** Commits what is to be audited, without rows: for tests that are not about the audit. */
export const plainAudit = (store: Store): Audit => ({ record: (_, changes = []) => store.commit(changes) });
