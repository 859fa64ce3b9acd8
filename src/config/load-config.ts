import { type ConfigOptions, checkConfig, type LoadedConfig } from './check-config.ts';
import { ConfigError } from './config-error.ts';

/** The configuration, or a `ConfigError` that lists everything that is wrong with it. */
export async function loadConfig(options: ConfigOptions): Promise<LoadedConfig> {
	const { config, errors } = await checkConfig(options);
	if (config !== null) return config;
	const count = errors.length === 1 ? 'one problem' : `${errors.length} problems`;
	throw new ConfigError(`The configuration has ${count}:`, errors);
}
