const SECRET =
	/(?:^|\/)(?:\.env(?:\.(?!example$|sample$|template$)[^/]*)?|\.netrc|\.npmrc|\.pypirc|\.git-credentials|id_(?:rsa|dsa|ecdsa|ed25519)|[^/]*\.(?:pem|key|p12|pfx|jks|keystore|kdbx)|credentials(?:\.json)?)$/i;

/** Whether a file is named like one that holds keys or passwords. */
export const isSecret = (path: string): boolean => SECRET.test(path);
