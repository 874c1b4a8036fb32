export {
  CONFIGURATION_VARIABLES,
  ConfigurationError,
  LOG_LEVELS,
  isLoopback,
  loadConfig,
  type Configuration,
  type ConfigurationChecks,
  type ConfigurationProblem,
  type LogLevel,
} from './configuration/configuration.js';
export * from './logging/logger.js';
export * from './metrics/metrics.js';
export * from './clock/clock.js';
export * from './health/health.js';
export * from './shutdown/shutdown-sequence.js';
