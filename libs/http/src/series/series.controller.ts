import { Body, Controller, Post, Put } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import type { SeriesCommand } from '#lib/domain';
import { Access } from '../access/access.decorator.js';
import { DecideOnSeries, RegisterSeriesBatch } from '../commands/bus-commands.js';
import { FromRequest, type CommandRequest } from '../commands/command-request.js';
import { IsCommand } from '../openapi/answers.js';
import { RetireSeriesBody, SeriesBatchBody, SeriesBody } from './series.bodies.js';

/** Series keys hold slashes, so they stand in bodies and query strings and never in paths. */
@ApiTags('sources and series')
@Controller('v1/series')
export class SeriesController {
  constructor(private readonly bus: CommandBus) {}

  @Post()
  @Access('admin', 'data-steward')
  @IsCommand('Register a series of a source', 'created')
  register(@Body() body: SeriesBody, @FromRequest() request: CommandRequest) {
    return this.decide({ type: 'RegisterSeries', ...body, actor: request.actor }, request);
  }

  @Post('batch')
  @Access('admin', 'data-steward')
  @IsCommand(
    'Register up to 1,000 series, all or none; answers `registered` and `position`',
    'created',
    'SeriesBatchAnswer',
  )
  registerBatch(@Body() body: SeriesBatchBody, @FromRequest() request: CommandRequest) {
    return this.bus.execute(new RegisterSeriesBatch(body.series, request));
  }

  @Put()
  @Access('admin', 'data-steward')
  @IsCommand("Replace a series' definition")
  change(@Body() body: SeriesBody, @FromRequest() request: CommandRequest) {
    return this.decide({ type: 'ChangeSeries', ...body, actor: request.actor }, request);
  }

  @Post('retire')
  @Access('admin', 'data-steward')
  @IsCommand('Retire a series')
  retire(@Body() body: RetireSeriesBody, @FromRequest() request: CommandRequest) {
    return this.decide({ type: 'RetireSeries', ...body, actor: request.actor }, request);
  }

  private decide(command: SeriesCommand, request: CommandRequest) {
    return this.bus.execute(new DecideOnSeries(command, request));
  }
}
