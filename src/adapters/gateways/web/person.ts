import type { Principal } from '../../../core/gateway.ts';

/** Everybody at the page: there is one token, so there is one person. */
export const person: Principal = { platform: 'web', tenant: 'local', user: 'local', roles: [], kind: 'member' };
