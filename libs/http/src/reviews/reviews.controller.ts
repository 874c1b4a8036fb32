import { Body, Controller, Param, Post } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import type { ReviewCommand } from '#lib/domain';
import { Access } from '../access/access.decorator.js';
import { DecideOnReview, OpenReview } from '../commands/bus-commands.js';
import { FromRequest, type CommandRequest } from '../commands/command-request.js';
import { IsCommand } from '../openapi/answers.js';
import { PresentTime } from '../time.js';
import { CloseReviewBody, OpenReviewBody, RecordFindingBody } from './review.bodies.js';

@ApiTags('improvement')
@Controller('v1/reviews')
export class ReviewsController {
  constructor(
    private readonly bus: CommandBus,
    private readonly time: PresentTime,
  ) {}

  @Post()
  @Access('evaluator', 'admin')
  @IsCommand(
    "Open a unit's review of a period; its agenda is taken from the data of that period. A second open review of the same " +
      'unit and period is refused with 409 `REVIEW.ALREADY_OPEN`',
    'created',
  )
  open(@Body() body: OpenReviewBody, @FromRequest() request: CommandRequest) {
    return this.bus.execute(new OpenReview(body, request));
  }

  @Post(':reviewId/findings')
  @Access('evaluator', 'admin')
  @IsCommand('Record a finding', 'created')
  recordFinding(
    @Param('reviewId') reviewId: string,
    @Body() body: RecordFindingBody,
    @FromRequest() request: CommandRequest,
  ) {
    return this.decide({ type: 'RecordFinding', reviewId, ...body, actor: request.actor }, request);
  }

  @Post(':reviewId/close')
  @Access('evaluator', 'admin')
  @IsCommand('Close a review with its conclusion')
  close(@Param('reviewId') reviewId: string, @Body() body: CloseReviewBody, @FromRequest() request: CommandRequest) {
    const today = this.time.today();
    return this.decide({ type: 'CloseReview', reviewId, ...body, today, actor: request.actor }, request);
  }

  private decide(command: ReviewCommand, request: CommandRequest) {
    return this.bus.execute(new DecideOnReview(command, request));
  }
}
