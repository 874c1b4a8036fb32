import { Controller, Get, HttpCode, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { OperationQueries } from '#lib/projections';
import { Access } from '../access/access.decorator.js';
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
  @ApiOperation({ summary: 'The views: generation, lag, parked events, a rebuild under way' })
  status() {
    return { ...this.operations.status(), lag: this.progress.lag(), rebuild: this.rebuilds.running() };
  }

  @Get('digest')
  @Access('admin', 'auditor', 'data-steward')
  @ApiOperation({ summary: 'A digest of all views: equal views at the same position have the same one' })
  async digest() {
    const { digest, position } = await this.progress.digest();
    return { digest, position };
  }

  @Post('rebuild')
  @Access('admin')
  @HttpCode(202)
  @ApiOperation({ summary: 'Rebuild the views beside the live ones and swap when caught up' })
  rebuild() {
    return this.rebuilds.start();
  }
}
