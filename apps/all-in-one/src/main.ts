import { ConfigurationError, loadConfig, stopOnSignals } from '#lib/platform';
import { startEmbedded } from './embedded-system.js';

try {
  const system = await startEmbedded(loadConfig(process.env), process.env);
  stopOnSignals(system.shutdown);
  console.log(`Tallystick is ready at ${system.url}`);
  if (system.bootstrapToken === null) console.log('Sign in with the token you have.');
  else console.log(`Sign in with this one-time token: ${system.bootstrapToken}`);
} catch (error) {
  console.error(error instanceof ConfigurationError ? error.message : error);
  process.exit(1);
}
