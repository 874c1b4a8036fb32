import { Controller, Get } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Access } from '../access/access.decorator.js';
import { PeopleDirectory } from '../access/people-directory.js';
import { IsAnswer } from '../openapi/answers.js';

@ApiTags('people')
@Controller('v1/people')
export class PeopleQueriesController {
  constructor(private readonly people: PeopleDirectory) {}

  /** Whole, because an office has hundreds of people and not millions. */
  @Get()
  @Access('admin', 'auditor')
  @IsAnswer('Everybody who is registered, with their tokens (never what could be used to sign in)', 'PeopleAnswer')
  list() {
    return { items: this.people.list() };
  }
}
