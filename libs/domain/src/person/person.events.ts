import type { PersonRole } from '../common.js';
import type { DomainEventOf } from '../decider.js';

/**
 * Who may act. Stream `person-<id>`. The id is a handle of the office, not a name: no personal data enters the log.
 * Tokens are known to the log only by their SHA-256 (hex) and their public prefix.
 */
export type PersonEvent =
  | DomainEventOf<
      'PersonRegistered',
      { readonly personId: string; readonly role: PersonRole; readonly unitId?: string }
    >
  | DomainEventOf<
      'PersonRoleChanged',
      { readonly personId: string; readonly role: PersonRole; readonly unitId?: string }
    >
  | DomainEventOf<
      'PersonTokenIssued',
      { readonly personId: string; readonly tokenId: string; readonly tokenSha256: string; readonly expiresAt?: string }
    >
  | DomainEventOf<'PersonTokenRevoked', { readonly personId: string; readonly tokenId: string }>
  | DomainEventOf<'PersonDeactivated', { readonly personId: string }>;
