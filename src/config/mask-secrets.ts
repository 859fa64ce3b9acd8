const NAMED =
	/((?:key|token(?!s)|secret|password|passwd|authorization|credential)[\w-]*["']?\s*[:=]\s*)(?!\s*\$\{)(\S.*)$/i;
const SHAPED =
	/\b(?:sk|pk|rk|xai|gsk|hf|AIza|ghp|xox[a-z]|xapp)[-_][\w-]{6,}|\bAIza[\w-]{10,}|\bBearer\s+\S+|\b[\w-]{20,}\.[\w-]{6}\.[\w-]{27,}/g;

/** A text of any length in which what looks like a secret is masked. */
export function withoutSecrets(text: string): string {
	return text
		.split('\n')
		.map((line) => line.replace(NAMED, '$1***').replace(SHAPED, '***'))
		.join('\n');
}

/** One line of a file as it may be shown: what looks like a secret is masked, and length is limited. */
export function maskSecrets(line: string): string {
	return withoutSecrets(line).trim().slice(0, 160);
}
