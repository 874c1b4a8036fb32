import { Module, type DynamicModule } from '@nestjs/common';
import { HttpModule, type HttpDependencies } from '#lib/http';

/** All doors, commands and queries in one process. */
@Module({})
export class AppModule {
  static register(dependencies: HttpDependencies): DynamicModule {
    return { module: AppModule, imports: [HttpModule.register(dependencies)] };
  }
}
