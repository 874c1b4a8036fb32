/** Handlers that make a secret: it is random, only its hash is recorded, and one answer shows it. */
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import {
  conflict,
  personDecider,
  personStream,
  sourceDecider,
  sourceStream,
  type Decider,
  type PersonCommand,
  type PersonEvent,
  type PersonState,
} from '#lib/domain';
import { issueApiKey, issueToken, PERSON_TOKEN_PREFIX } from '#lib/intake';
import { BootstrapToken } from '../access/bootstrap-token.js';
import { RequestRefused } from '../problems/request-refused.js';
import { PresentTime } from '../time.js';
import { BecomeFirstAdmin, IssuePersonToken, IssueSourceKey } from './bus-commands.js';
import { answerOf, Decisions } from './decisions.js';

/** A repetition cannot be answered as the first request was: the secret is not known any more. */
const shownOnce = (what: string) =>
  conflict(
    'SECRET_SHOWN_ONCE',
    `This request issued a ${what} before, and it is shown only once; revoke it and issue another.`,
  );

@CommandHandler(IssueSourceKey)
export class IssueSourceKeyHandler implements ICommandHandler<IssueSourceKey> {
  constructor(
    private readonly decisions: Decisions,
    private readonly time: PresentTime,
  ) {}

  async execute({ sourceId, expiresAt, request }: IssueSourceKey) {
    const { key, keyId, sha256 } = issueApiKey();
    const issue = {
      type: 'IssueSourceKey',
      sourceId,
      keyId,
      keySha256: sha256,
      expiresAt,
      now: this.time.now(),
    } as const;
    const command = { ...issue, actor: request.actor };
    const result = await this.decisions.execute(sourceDecider, sourceStream(sourceId), command, request);
    if (result.outcome === 'replayed') throw shownOnce('key');
    return this.decisions.known({ ...answerOf(sourceId, result), keyId, key });
  }
}

@CommandHandler(IssuePersonToken)
export class IssuePersonTokenHandler implements ICommandHandler<IssuePersonToken> {
  constructor(
    private readonly decisions: Decisions,
    private readonly time: PresentTime,
  ) {}

  async execute({ personId, expiresAt, request }: IssuePersonToken) {
    const { token, tokenId, sha256 } = issueToken(PERSON_TOKEN_PREFIX);
    const issue = {
      type: 'IssuePersonToken',
      personId,
      tokenId,
      tokenSha256: sha256,
      expiresAt,
      now: this.time.now(),
    } as const;
    const command = { ...issue, actor: request.actor };
    const result = await this.decisions.execute(personDecider, personStream(personId), command, request);
    if (result.outcome === 'replayed') throw shownOnce('token');
    return this.decisions.known({ ...answerOf(personId, result), tokenId, token });
  }
}

type IssueToken = Extract<PersonCommand, { type: 'IssuePersonToken' }>;

/** Registers an administrator and issues a token in one step, so that no crash leaves an admin without a way in. */
const firstAdminDecider: Decider<IssueToken, PersonState, PersonEvent> = {
  ...personDecider,
  decide(command, state) {
    const { personId, actor } = command;
    const registered = personDecider.decide({ type: 'RegisterPerson', personId, role: 'admin', actor }, state);
    return [...registered, ...personDecider.decide(command, registered.reduce(personDecider.evolve, state))];
  },
};

@CommandHandler(BecomeFirstAdmin)
export class BecomeFirstAdminHandler implements ICommandHandler<BecomeFirstAdmin> {
  constructor(
    private readonly decisions: Decisions,
    private readonly time: PresentTime,
    private readonly bootstrap: BootstrapToken,
  ) {}

  async execute({ personId, bootstrapToken, correlationId }: BecomeFirstAdmin) {
    if (!this.bootstrap.isOpen) throw usedUp();
    if (!this.bootstrap.matches(bootstrapToken)) {
      throw new RequestRefused('CREDENTIAL_REFUSED', 'This is not the token that the server printed when it started.');
    }
    const answer = await this.bootstrap.exchangeOnce(() => this.makeAdmin(personId, correlationId));
    if (answer === null) throw usedUp();
    return answer;
  }

  private async makeAdmin(personId: string, correlationId: string) {
    const { token, tokenId, sha256 } = issueToken(PERSON_TOKEN_PREFIX);
    const actor = { kind: 'system', id: 'bootstrap', role: 'system' } as const;
    const issue = {
      type: 'IssuePersonToken',
      personId,
      tokenId,
      tokenSha256: sha256,
      now: this.time.now(),
      actor,
    } as const;
    const request = { actor, commandId: `bootstrap:${tokenId}`, correlationId };
    const result = await this.decisions.execute(firstAdminDecider, personStream(personId), issue, request);
    return this.decisions.known({ ...answerOf(personId, result), tokenId, token });
  }
}

const usedUp = (): RequestRefused =>
  new RequestRefused('BOOTSTRAP_USED_UP', 'Ask an administrator to register you and to issue a token.');
