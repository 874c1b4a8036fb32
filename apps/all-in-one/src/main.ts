import { problemOfLogUrl } from '#lib/engines';
import { loadConfig, stopOnSignals } from '#lib/platform';
import { startEmbedded } from './embedded-system.js';
import { startFailureInWords } from './start-failure.js';

try {
  const system = await startEmbedded(loadConfig(process.env, { problemOfLogUrl }), process.env);
  stopOnSignals(system.shutdown);
  console.log(`Tallystick is ready at ${system.url}`);
  console.log(`The log is ${system.log}, views are in ${system.views}; days and periods follow ${system.timeZone}.`);
  if (system.bootstrapToken === null) console.log('Sign in with the token you have.');
  else console.log(`Sign in with this one-time token: ${system.bootstrapToken}`);
} catch (error) {
  console.error(startFailureInWords(error, process.env) ?? error);
  process.exit(1);
}
