import { isIP } from 'node:net';
import type { Say } from '../core/say.ts';
import { partsOf } from './rule-match.ts';
import { asks, type Finding } from './ruling.ts';

/** Keys and tokens as their issuers shape them. No pattern repeats within a repetition, so each is found in one pass. */
const SECRETS: readonly RegExp[] = [
	/\bsk-[\w-]{20,}/,
	/\b[prs]k_(?:live|test)_\w{16,}/,
	/\bgh[pousr]_\w{30,}/,
	/\bgithub_pat_\w{20,}/,
	/\bgl(?:pat|ptt)-[\w-]{20,}/,
	/\bx(?:ox[abeprs]|app)-[\w-]{10,}/,
	/\bAKIA[A-Z0-9]{16}\b/,
	/\bAIza[\w-]{30,}/,
	/\b(?:xai|gsk|hf)[-_]\w{20,}/,
	/\beyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]{10,}/,
	/-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----/,
	/\bBearer\s+[\w.~+/-]{20,}/i,
	/:\/\/[^\s/:@]{1,100}:[^\s/@]{3,100}@/,
];
const MENTIONS = /@(?:everyone|here|channel)\b|<!(?:channel|here|everyone|subteam\^)|<@&\d+>/i;
const ADDRESS = /\b(?:https?|wss?|ftp):\/\/[^\s"'<>`]+/gi;
/** Names that lead to this machine, to its network, and to what clouds tell their machines. */
const LOCAL_NAMES: readonly (readonly [AddressKind, RegExp])[] = [
	['forbidden', /^metadata(?:\.google\.internal)?$/],
	['loopback', /^(?:.+\.)?localhost$/],
	['private', /\.(?:local|internal|lan|home\.arpa|intranet)$/],
];

type AddressKind = 'public' | 'loopback' | 'private' | 'forbidden';

export interface InvariantFacts {
	/** Values that only this program should know. */
	secrets: readonly string[];
	/** Where an address of IPv4 or IPv6 leads; `forbidden`: link-local, or in no use. */
	addressKind(address: string): AddressKind;
	say: Say;
}

/** What no rule of a policy can switch off, of a call that reaches outside. */
export function invariantFindings(input: unknown, { secrets, addressKind, say }: InvariantFacts): Finding[] {
	const texts = textsOf(input);
	const some = (test: (text: string) => boolean) => texts.some(test);
	const kinds = new Set(texts.flatMap((text) => hostsIn(text).map((host) => kindOf(host, addressKind))));
	const findings: Finding[] = [];
	if (kinds.has('forbidden')) {
		findings.push(asks('code:link-local-address', say('gate.rule.link_local'), 'critical', { verdict: 'deny' }));
	}
	if (kinds.has('loopback') || kinds.has('private')) {
		findings.push(asks('code:private-address', say('gate.rule.private_address'), 'high'));
	}
	if (some((text) => secrets.some((secret) => text.includes(secret)) || SECRETS.some((shape) => shape.test(text)))) {
		findings.push(asks('code:secret', say('gate.rule.secret'), 'high'));
	}
	if (some((text) => MENTIONS.test(text))) {
		findings.push(asks('code:mass-mention', say('gate.rule.mass_mention'), 'high'));
	}
	return findings;
}

/** All texts in the arguments, names of arguments included. */
function textsOf(input: unknown): string[] {
	return partsOf(input).flatMap(([path, value]) => (typeof value === 'string' ? [path, value] : [path]));
}

function hostsIn(text: string): string[] {
	const bare = text.trim().replace(/^\[(.*)\](?::\d+)?$/, '$1');
	const host = isIP(bare) === 0 ? bare.replace(/:\d+$/, '') : bare;
	if (isIP(host) !== 0 || isLocalName(host)) return [host];
	return (text.match(ADDRESS) ?? []).flatMap((address) => {
		if (!URL.canParse(address)) return [];
		// An address that is written as a number, in octal or with fewer dots is written out.
		return [new URL(address.replace(/^(?:wss?|ftp):/i, 'http:')).hostname.replace(/^\[(.*)\]$/, '$1')];
	});
}

function kindOf(host: string, addressKind: InvariantFacts['addressKind']): AddressKind {
	if (isIP(host) !== 0) return addressKind(host);
	return LOCAL_NAMES.find(([, pattern]) => pattern.test(plainName(host)))?.[0] ?? 'public';
}

const plainName = (host: string) => host.toLowerCase().replace(/\.$/, '');
const isLocalName = (text: string) =>
	/^[\w.-]{1,253}$/.test(text) && LOCAL_NAMES.some(([, pattern]) => pattern.test(plainName(text)));
