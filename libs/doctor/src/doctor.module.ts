import { Module } from '@nestjs/common';
import { Config, HintBus, TestJobs } from '@breakwater/platform';
import { NotificationsModule } from '@breakwater/notifications';
import { ClockCheck } from './checks/clock-check.service.js';
import { DatabaseCheck } from './checks/database-check.service.js';
import { DeliveryCheck } from './checks/delivery-check.service.js';
import { EncryptionCheck } from './checks/encryption-check.service.js';
import { GuardCheck } from './checks/guard-check.service.js';
import { MailCheck } from './checks/mail-check.service.js';
import { MigrationsCheck } from './checks/migrations-check.service.js';
import { PartitionsCheck } from './checks/partitions-check.service.js';
import { QueueCheck } from './checks/queue-check.service.js';
import { WorkersCheck } from './checks/workers-check.service.js';
import type { Checkup } from './check.js';
import { Doctor } from './doctor.service.js';
import { InstallationStore } from './installation.store.js';
import { TestCaller } from './test-call/test-caller.service.js';
import { TestCalls } from './test-call/test-calls.service.js';

const CHECKS = [
  DatabaseCheck,
  MigrationsCheck,
  ClockCheck,
  QueueCheck,
  WorkersCheck,
  DeliveryCheck,
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
      inject: [InstallationStore, TestJobs, Config],
      useFactory: (store: InstallationStore, jobs: TestJobs, config: Config) =>
        new ClockCheck(store, jobs, config),
    },
    {
      provide: TestCalls,
      inject: [TestJobs, HintBus],
      useFactory: (jobs: TestJobs, hints: HintBus) => new TestCalls(jobs, hints),
    },
    { provide: Doctor, inject: CHECKS, useFactory: (...checkups: Checkup[]) => new Doctor(checkups) },
  ],
  exports: [Doctor],
})
export class DoctorModule {}

/** For workers: makes the doctor's test calls. */
@Module({ providers: [TestCaller], exports: [TestCaller] })
export class DoctorWorkerModule {}
