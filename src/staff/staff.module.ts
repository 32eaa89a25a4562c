import { Module } from '@nestjs/common';

import { StaffSessionsRepository } from './staff-sessions.repository.ts';
import { StaffSessions } from './staff-sessions.service.ts';

/** Which employees are signed in to the desk. How they get in is `DeskSignInModule`. */
@Module({ providers: [StaffSessions, StaffSessionsRepository], exports: [StaffSessions] })
export class StaffModule {}
