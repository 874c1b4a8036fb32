import { Controller, Get, HttpCode, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { OperationQueries } from '#lib/projections';
import { Access } from '../access/access.decorator.js';
import { IsAnswer, IsProblem } from '../openapi/answers.js';
import { ViewProgress, ViewRebuilds } from '../views/view-progress.js';

@ApiTags('operations')
@Controller('v1/views')
export class ViewsController {
  constructor(
    private readonly operations: OperationQueries,
    private readonly progress: ViewProgress,
    private readonly rebuilds: ViewRebuilds,
  ) {}

  @Get()
  @Access('admin', 'auditor', 'data-steward')
  @IsAnswer('The views: generation, lag, parked events, a rebuild under way', 'Views')
  @IsProblem(503, 'The views are being built.')
  status() {
    return { ...this.operations.status(), lag: this.progress.lag(), rebuild: this.rebuilds.running() };
  }

  @Get('digest')
  @Access('admin', 'auditor', 'data-steward')
  @IsAnswer('A digest of all views: equal views at the same position have the same one', 'ViewsDigest')
  @IsProblem(503, 'The views are being built.')
  async digest() {
    const { digest, position } = await this.progress.digest();
    return { digest, position };
  }

  @Post('rebuild')
  @Access('admin')
  @HttpCode(202)
  @IsAnswer('Rebuild the views beside the live ones and swap when caught up', 'ViewsRebuild', 202)
  rebuild() {
    return this.rebuilds.start();
  }
}
