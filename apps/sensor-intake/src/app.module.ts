import { Module, type DynamicModule } from '@nestjs/common';
import { DoorModule, type DoorDependencies } from '#lib/http';

/** The observation door, health and metrics; no commands, no queries, no pages. */
@Module({})
export class AppModule {
  static register(dependencies: DoorDependencies): DynamicModule {
    return { module: AppModule, imports: [DoorModule.register(dependencies)] };
  }
}
