/** Another system that may ask over HTTP. */
export interface ClientSettings {
	/** Up to 24 small letters, digits and hyphens. */
	name: string;
	/** What it sends to show who it is. A secret. */
	token: string;
}
