import { problemOfLogUrl } from '#lib/engines';
import { loadConfig, stopOnSignals, type Configuration } from '#lib/platform';
import { startIntake } from './intake.js';
import { startFailureInWords } from './start-failure.js';

let config: Configuration | null = null;
try {
  config = loadConfig(process.env, { problemOfLogUrl });
  const intake = await startIntake(config);
  stopOnSignals(intake.shutdown);
  console.log(`Tallystick is ready at ${intake.url} (sensor intake)`);
  console.log(`It appends to the log ${intake.log}.`);
} catch (error) {
  console.error(startFailureInWords(error, config) ?? error);
  process.exit(1);
}
