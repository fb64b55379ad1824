import { Module } from '@nestjs/common';
import { Config, WakeUpQueue } from '@breakwater/platform';
import { NotificationsModule } from '@breakwater/notifications';
import { ClockCheck } from './checks/clock-check.service.js';
import { DatabaseCheck } from './checks/database-check.service.js';
import { EncryptionCheck } from './checks/encryption-check.service.js';
import { GuardCheck } from './checks/guard-check.service.js';
import { MailCheck } from './checks/mail-check.service.js';
import { MigrationsCheck } from './checks/migrations-check.service.js';
import { PartitionsCheck } from './checks/partitions-check.service.js';
import { QueueCheck } from './checks/queue-check.service.js';
import type { Checkup } from './check.js';
import { Doctor } from './doctor.service.js';
import { InstallationStore } from './installation.store.js';

const CHECKS = [
  DatabaseCheck,
  MigrationsCheck,
  ClockCheck,
  QueueCheck,
  MailCheck,
  GuardCheck,
  EncryptionCheck,
  PartitionsCheck,
];

/** Checks a whole installation. */
@Module({
  imports: [NotificationsModule],
  providers: [
    InstallationStore,
    ...CHECKS.filter((each) => each !== ClockCheck),
    {
      provide: ClockCheck,
      inject: [InstallationStore, WakeUpQueue, Config],
      useFactory: (store: InstallationStore, queue: WakeUpQueue, config: Config) =>
        new ClockCheck(store, queue, config),
    },
    { provide: Doctor, inject: CHECKS, useFactory: (...checkups: Checkup[]) => new Doctor(checkups) },
  ],
  exports: [Doctor],
})
export class DoctorModule {}
