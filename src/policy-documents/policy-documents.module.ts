import { Global, Module } from '@nestjs/common';
import { PolicyAtStart } from './policy-at-start.ts';
import { PolicyActivationsController } from './policy-activations.controller.ts';
import { PolicyDocumentsController } from './policy-documents.controller.ts';
import { PolicyDocumentsRepository } from './policy-documents.repository.ts';
import { PolicyDocuments } from './policy-documents.service.ts';
import { YamlReader } from './yaml-reader.ts';

/** Global: whoever decides, or shows what can be decided, needs the policy. */
@Global()
@Module({
  controllers: [PolicyActivationsController, PolicyDocumentsController],
  providers: [PolicyAtStart, PolicyDocuments, PolicyDocumentsRepository, YamlReader],
  exports: [PolicyDocuments],
})
export class PolicyDocumentsModule {}
