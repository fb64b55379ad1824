import { hostname } from 'node:os';
import { Module } from '@nestjs/common';
import { Config, HintBus } from '@breakwater/platform';
import { BreakerAdmin } from './breaker-admin.service.js';
import { BreakerAdminStore } from './breaker-admin.store.js';
import { BreakerStore } from './breaker.store.js';
import { CallGate } from './call-gate.service.js';
import { CircuitBreakers } from './circuit-breakers.service.js';

@Module({
  providers: [
    BreakerStore,
    BreakerAdminStore,
    BreakerAdmin,
    {
      provide: CircuitBreakers,
      inject: [BreakerStore, HintBus, Config],
      useFactory: (store: BreakerStore, hints: HintBus, config: Config) =>
        new CircuitBreakers(store, hints, {
          mode: config.circuitBreaker.mode,
          processName: `${hostname()}:${process.pid}`,
        }),
    },
    {
      provide: CallGate,
      inject: [CircuitBreakers, Config],
      useFactory: (breakers: CircuitBreakers, config: Config) =>
        new CallGate(breakers, { capacity: config.bulkheadCapacity }),
    },
  ],
  exports: [BreakerAdmin, CircuitBreakers, CallGate],
})
export class CircuitBreakerModule {}
