/** Shapes that keys have at the known providers, and anything behind an authorization word. */
const keyShapes = [
	/\b(?:sk|pk|rk|gsk|xai|csk|hf|fw|nvapi|r8|tgp|pplx)[-_][A-Za-z0-9*_-]{8,}/g,
	/\b(?:AIza|ya29\.)[A-Za-z0-9*_-]{8,}/g,
	/(?<=\bbearer\s+)(?=\S*\d)[^\s"',;]{6,}/gi,
	/(?<=\bauthorization["']?\s*[:=]\s*["']?(?:bearer\s+|basic\s+)?)(?!bearer\b|basic\b)[^\s"',;&]{6,}/gi,
	/(?<=\b(?:api[-_ ]?key|x-goog-api-key|access[-_ ]?token)["']?\s*[:=]\s*["']?)[^\s"',;&]{6,}/gi,
	/(?<=[?&]key=)[^\s"'&]+/g,
];

/** The text without the given secret and without anything that looks like a key. */
export function redact(text: string, secret: string | null): string {
	let clean = text;
	if (secret !== null && secret.length >= 4) clean = clean.replaceAll(secret, '[key]');
	for (const shape of keyShapes) clean = clean.replace(shape, '[key]');
	return clean;
}
