import { Body, Controller, Param, Post } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import type { KpiCommand } from '#lib/domain';
import { Access } from '../access/access.decorator.js';
import {
  ActivateKpi,
  ApproveMethodChange,
  DecideOnKpi,
  ProposeMethodChange,
  RedefineKpi,
  RetireKpi,
} from '../commands/bus-commands.js';
import { FromRequest, type CommandRequest } from '../commands/command-request.js';
import { IsCommand } from '../openapi/answers.js';
import { PresentTime } from '../time.js';
import {
  DefineKpiBody,
  ProposeMethodChangeBody,
  ProposeTargetChangeBody,
  ReasonBody,
  RedefineKpiBody,
  SetKpiBaselineBody,
  SetKpiTargetBody,
} from './kpi.bodies.js';

@ApiTags('KPIs')
@Controller('v1/kpis')
export class KpisController {
  constructor(
    private readonly bus: CommandBus,
    private readonly time: PresentTime,
  ) {}

  @Post()
  @Access('admin', 'kpi-owner')
  @IsCommand('Define a KPI; it begins as a draft', 'created')
  define(@Body() body: DefineKpiBody, @FromRequest() request: CommandRequest) {
    return this.decide({ type: 'DefineKpi', ...body, actor: request.actor }, request);
  }

  @Post(':kpiId/redefine')
  @Access('admin', 'kpi-owner')
  @IsCommand("Replace a KPI's definition, with a reason; of an active one only what describes it")
  redefine(@Param('kpiId') kpiId: string, @Body() body: RedefineKpiBody, @FromRequest() request: CommandRequest) {
    return this.bus.execute(new RedefineKpi({ kpiId, ...body }, request));
  }

  @Post(':kpiId/baseline')
  @Access('admin', 'kpi-owner')
  @IsCommand('Set the baseline, from which the trajectory starts')
  setBaseline(@Param('kpiId') kpiId: string, @Body() body: SetKpiBaselineBody, @FromRequest() request: CommandRequest) {
    const today = this.time.today();
    return this.decide({ type: 'SetKpiBaseline', kpiId, ...body, today, actor: request.actor }, request);
  }

  @Post(':kpiId/target')
  @Access('admin', 'kpi-owner')
  @IsCommand('Set the first target of a draft; later targets are proposed and approved')
  setTarget(@Param('kpiId') kpiId: string, @Body() body: SetKpiTargetBody, @FromRequest() request: CommandRequest) {
    return this.decide({ type: 'SetKpiTarget', kpiId, ...body, actor: request.actor }, request);
  }

  @Post(':kpiId/activate')
  @Access('admin', 'kpi-owner')
  @IsCommand(
    'Activate a KPI that is SMART, in one of the five seats of its unit; refused with 400 `KPI.NOT_SMART`, each problem with its `fields` and how to `mend` them, also when no registered series matches the measure',
  )
  activate(@Param('kpiId') kpiId: string, @FromRequest() request: CommandRequest) {
    return this.bus.execute(new ActivateKpi(kpiId, request));
  }

  @Post(':kpiId/retire')
  @Access('admin', 'kpi-owner')
  @IsCommand('Retire a KPI and free its seat')
  retire(@Param('kpiId') kpiId: string, @Body() body: ReasonBody, @FromRequest() request: CommandRequest) {
    return this.bus.execute(new RetireKpi(kpiId, body.reason, request));
  }

  @Post(':kpiId/target-changes')
  @Access('admin', 'kpi-owner', 'evaluator')
  @IsCommand('Propose another target, with a reason; somebody else decides on it', 'created')
  propose(
    @Param('kpiId') kpiId: string,
    @Body() body: ProposeTargetChangeBody,
    @FromRequest() request: CommandRequest,
  ) {
    const today = this.time.today();
    return this.decide({ type: 'ProposeTargetChange', kpiId, ...body, today, actor: request.actor }, request);
  }

  @Post(':kpiId/target-changes/:changeId/approve')
  @Access('admin', 'kpi-owner', 'evaluator')
  @IsCommand('Approve a proposed target; the proposer may not')
  approve(@Param('kpiId') kpiId: string, @Param('changeId') changeId: string, @FromRequest() request: CommandRequest) {
    const today = this.time.today();
    return this.decide({ type: 'ApproveTargetChange', kpiId, changeId, today, actor: request.actor }, request);
  }

  @Post(':kpiId/target-changes/:changeId/reject')
  @Access('admin', 'kpi-owner', 'evaluator')
  @IsCommand('Reject or withdraw a proposed target, with a reason')
  reject(
    @Param('kpiId') kpiId: string,
    @Param('changeId') changeId: string,
    @Body() body: ReasonBody,
    @FromRequest() request: CommandRequest,
  ) {
    return this.decide({ type: 'RejectTargetChange', kpiId, changeId, ...body, actor: request.actor }, request);
  }

  @Post(':kpiId/method-changes')
  @Access('admin', 'kpi-owner', 'evaluator')
  @IsCommand('Propose another measure, weight, horizon, period or trajectory; somebody else decides on it', 'created')
  proposeMethod(
    @Param('kpiId') kpiId: string,
    @Body() body: ProposeMethodChangeBody,
    @FromRequest() request: CommandRequest,
  ) {
    return this.bus.execute(new ProposeMethodChange(kpiId, body, request));
  }

  @Post(':kpiId/method-changes/:changeId/approve')
  @Access('admin', 'kpi-owner', 'evaluator')
  @IsCommand('Approve a proposed method, which then counts for all periods; the proposer may not')
  approveMethod(
    @Param('kpiId') kpiId: string,
    @Param('changeId') changeId: string,
    @FromRequest() request: CommandRequest,
  ) {
    return this.bus.execute(new ApproveMethodChange(kpiId, changeId, request));
  }

  @Post(':kpiId/method-changes/:changeId/reject')
  @Access('admin', 'kpi-owner', 'evaluator')
  @IsCommand('Reject or withdraw a proposed method, with a reason')
  rejectMethod(
    @Param('kpiId') kpiId: string,
    @Param('changeId') changeId: string,
    @Body() body: ReasonBody,
    @FromRequest() request: CommandRequest,
  ) {
    return this.decide({ type: 'RejectMethodChange', kpiId, changeId, ...body, actor: request.actor }, request);
  }

  private decide(command: KpiCommand, request: CommandRequest) {
    return this.bus.execute(new DecideOnKpi(command, request));
  }
}
