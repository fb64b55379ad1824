import { Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { CallingModule } from '@breakwater/calling';
import { DeliveryModule } from '@breakwater/delivery';
import { ManifestModule } from '@breakwater/manifest';
import { NotificationsModule } from '@breakwater/notifications';
import { ApprovalStore } from './fallback/approval.store.js';
import { Approvals } from './fallback/approvals.service.js';
import { Fallbacks } from './fallback/fallbacks.service.js';
import { LastAnswerStore } from './fallback/last-answer.store.js';
import { LastAnswers } from './fallback/last-answers.service.js';
import {
  LastSuccess,
  NoFallback,
  PendingApproval,
  QueueFallback,
  RandomWinner,
  StaticValue,
} from './fallback/strategies.service.js';
import { Delegation } from './invoke/delegation.service.js';
import { OrganizerNotice } from './notice/organizer-notice.service.js';

@Module({
  imports: [CallingModule, DeliveryModule, DiscoveryModule, ManifestModule, NotificationsModule],
  providers: [
    Delegation,
    Fallbacks,
    LastAnswers,
    LastAnswerStore,
    OrganizerNotice,
    Approvals,
    ApprovalStore,
    RandomWinner,
    PendingApproval,
    StaticValue,
    LastSuccess,
    QueueFallback,
    NoFallback,
  ],
  exports: [Delegation, Approvals],
})
export class DelegationModule {}
