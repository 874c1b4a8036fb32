/** `starting` and `down` are not ready; `failed` will not mend itself: the process has to be started again. */
export type CheckState = 'starting' | 'up' | 'down' | 'failed';

/** One part of the process and how it is. */
export interface Check {
  readonly name: string;
  readonly state: CheckState;
  /** In words, for every state but `up`. */
  readonly reason: string | null;
}

/** Answer to "may requests be sent here?" */
export interface Readiness {
  readonly ready: boolean;
  /** `name: reason` of everything that stands against it. */
  readonly reasons: readonly string[];
  readonly checks: readonly Check[];
}

/** Answer to "is it worth keeping this process?" */
export interface Liveness {
  readonly live: boolean;
  readonly reasons: readonly string[];
}

/** How the parts of this process are, told by the parts themselves or asked of them. */
export class Health {
  private readonly told = new Map<string, Check>();
  private readonly probes = new Map<string, () => string | null>();
  private stoppingReason: string | null = null;

  /** Announces a part that has to come up before the process is ready. */
  expect(name: string, reason = 'is starting'): void {
    this.tell(name, 'starting', reason);
  }

  /** The part works. */
  up(name: string): void {
    this.tell(name, 'up', null);
  }

  /** The part does not work now, but may again. */
  down(name: string, reason: string): void {
    this.tell(name, 'down', reason);
  }

  /** The part will not work again in this process. No later word takes this back. */
  fail(name: string, reason: string): void {
    this.tell(name, 'failed', reason);
  }

  /** Asks a part whenever readiness is asked for: null when it works, else the reason. Throwing is a reason, too. */
  watch(name: string, probe: () => string | null): void {
    this.probes.set(name, probe);
  }

  /** From now on no new requests are wanted; what is under way is finished. */
  stop(reason = 'is stopping'): void {
    this.stoppingReason = reason;
  }

  ready(): Readiness {
    const checks = [...this.told.values(), ...[...this.probes].map(([name, probe]) => askedOf(name, probe))];
    if (this.stoppingReason !== null) checks.push({ name: 'process', state: 'down', reason: this.stoppingReason });
    const reasons = checks.filter((check) => check.state !== 'up').map(reasonOf);
    return { ready: reasons.length === 0, reasons, checks };
  }

  live(): Liveness {
    const reasons = [...this.told.values()].filter((check) => check.state === 'failed').map(reasonOf);
    return { live: reasons.length === 0, reasons };
  }

  private tell(name: string, state: CheckState, reason: string | null): void {
    if (this.told.get(name)?.state !== 'failed') this.told.set(name, { name, state, reason });
  }
}

function askedOf(name: string, probe: () => string | null): Check {
  try {
    const reason = probe();
    return { name, state: reason === null ? 'up' : 'down', reason };
  } catch (error) {
    return { name, state: 'down', reason: error instanceof Error ? error.message : String(error) };
  }
}

function reasonOf({ name, reason }: Check): string {
  return `${name}: ${reason}`;
}
