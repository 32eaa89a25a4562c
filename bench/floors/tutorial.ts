/** Floor T: the way of the tutorials. Nest on Fastify, a validated body, TypeORM's `findOne` and `repository.save`. */
import { Body, Controller, HttpCode, Module, Param, Post, ValidationPipe } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { InjectRepository, TypeOrmModule } from '@nestjs/typeorm';
import { Type } from 'class-transformer';
import { IsArray, IsObject, IsOptional, IsString, ValidateNested } from 'class-validator';
import { Column, Entity, PrimaryColumn, PrimaryGeneratedColumn, Repository } from 'typeorm';

@Entity('calls')
class Call {
  @PrimaryColumn('uuid') id: string;
  @Column('text') claim: string;
  @Column('timestamptz', { name: 'ends_at' }) endsAt: Date;
}

@Entity('bench_records')
class BenchRecord {
  @PrimaryGeneratedColumn('uuid') id: string;
  @Column('uuid', { name: 'call_id' }) callId: string;
  @Column('timestamptz', { name: 'recorded_at' }) recordedAt: Date;
  @Column('text') body: string;
}

class ActionBody {
  @IsString() name: string;
  @IsOptional() @IsObject() properties?: Record<string, unknown>;
}

class CheckBody {
  @IsArray() @ValidateNested({ each: true }) @Type(() => ActionBody) actions: ActionBody[];
}

@Controller('v1/calls')
class ChecksController {
  constructor(
    @InjectRepository(Call) private readonly calls: Repository<Call>,
    @InjectRepository(BenchRecord) private readonly records: Repository<BenchRecord>,
  ) {}

  @Post(':call_id/checks')
  @HttpCode(200)
  async check(@Param('call_id') id: string, @Body() asked: CheckBody): Promise<object> {
    const call = await this.calls.findOne({ where: { id } });
    const answer = { call_id: id, claim: call?.claim, decision: call !== null && call.endsAt > new Date() };
    await this.records.save({ callId: id, recordedAt: new Date(), body: JSON.stringify({ asked, answer }) });
    return answer;
  }
}

@Module({
  imports: [
    TypeOrmModule.forRoot({ type: 'postgres', url: process.env['DATABASE_URL'], entities: [Call, BenchRecord] }),
    TypeOrmModule.forFeature([Call, BenchRecord]),
  ],
  controllers: [ChecksController],
})
class TutorialModule {}

const app = await NestFactory.create<NestFastifyApplication>(TutorialModule, new FastifyAdapter(), {
  logger: ['error'],
});
app.useGlobalPipes(new ValidationPipe({ whitelist: true, transform: true }));
await app.listen(Number(process.env['PORT']));
