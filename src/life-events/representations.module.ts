import { Module } from '@nestjs/common';

import { HoldersModule } from '../holders/holders.module.ts';
import { MessagesModule } from '../messages/messages.module.ts';
import { ReachModule } from '../reach/reach.module.ts';
import { LegalFilesRepository } from './legal-files.repository.ts';
import { LegalFiles } from './legal-files.service.ts';
import { RepresentationImports } from './representation-imports.service.ts';
import { RepresentationsRepository } from './representations.repository.ts';
import { RepresentationsService } from './representations.service.ts';

/** Who acts for whom by law, without the routes: for the command line too. */
@Module({
  imports: [ReachModule, HoldersModule, MessagesModule],
  providers: [
    LegalFiles,
    LegalFilesRepository,
    RepresentationsService,
    RepresentationImports,
    RepresentationsRepository,
  ],
  exports: [LegalFiles, LegalFilesRepository, RepresentationsService, RepresentationImports, RepresentationsRepository],
})
export class RepresentationsModule {}
