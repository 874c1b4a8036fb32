import type { CityDomain } from './city-model.js';
import { environment } from './environment.js';
import { health } from './health.js';
import { transport } from './transport.js';

/** The simulated city: three domains, each with a source of its own. */
export const CITY: readonly CityDomain[] = [environment, transport, health];
