import type { HostProgress } from '#lib/projections';

/** What the projector thread is started with. */
export interface ProjectorThreadData {
  readonly logUrl: string;
  readonly viewsFolder: string;
}

/** To the projector thread. `wake`: something was committed. */
export type ToProjector =
  | { readonly kind: 'wake' }
  | { readonly kind: 'rebuild' }
  | { readonly kind: 'digest'; readonly id: number }
  | { readonly kind: 'stop' };

/** From the projector thread. */
export type FromProjector =
  | { readonly kind: 'progress'; readonly progress: HostProgress }
  | { readonly kind: 'swapped'; readonly generation: number }
  | { readonly kind: 'rebuild-ended'; readonly error: string | null }
  | { readonly kind: 'digest'; readonly id: number; readonly digest: string; readonly position: string }
  | { readonly kind: 'trouble'; readonly message: string }
  /** A KPI's figures cannot be computed; it stays marked as stale. */
  | {
      readonly kind: 'settling-trouble';
      readonly projection: string;
      readonly kpiId: string | null;
      readonly reason: string;
    }
  | { readonly kind: 'ended'; readonly end: 'stopped' | 'ownership-lost' };
