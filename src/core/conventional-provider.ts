/** What the GenAI conventions of OpenTelemetry call providers that we call otherwise. */
const NAMES: Readonly<Record<string, string>> = {
	azure_openai: 'azure.ai.openai',
	gemini: 'gcp.gemini',
	mistral: 'mistral_ai',
	moonshot: 'moonshot_ai',
	xai: 'x_ai',
};

/** A provider's name by the GenAI conventions; one that they do not know keeps its own. */
export const conventionalProvider = (name: string): string => NAMES[name] ?? name;
