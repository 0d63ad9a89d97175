import { type Config, type ConfigFlags, type Setting, settings } from '../config.ts';
import type { Arguments, Flag } from './command.ts';

/** The flags of the settings that a command heeds, and `--config`. */
export function settingFlags(names: readonly (keyof Config)[]): Flag[] {
  const flags = names.map((name): Flag => {
    const setting: Setting = settings[name];
    return {
      name: setting.flag,
      kind: 'text',
      valueName: setting.valueName,
      summary: `${setting.summary}; or ${setting.variable}`,
    };
  });
  return [
    ...flags,
    {
      name: 'config',
      kind: 'text',
      valueName: 'FILE',
      summary: "JSON with these settings (default: config.json in the user's configuration folder)",
    },
  ];
}

/** What was given of them. */
export function configFlags(given: Arguments): ConfigFlags {
  const values: ConfigFlags['values'] = {};
  for (const name of Object.keys(settings) as (keyof Config)[]) {
    const value = given.texts.get(settings[name].flag);
    if (value !== undefined) values[name] = value;
  }
  const configFile = given.texts.get('config');
  return configFile === undefined ? { values } : { values, configFile };
}
