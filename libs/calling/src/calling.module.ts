import { Module } from '@nestjs/common';
import { CircuitBreakerModule } from '@breakwater/circuit-breaker';
import { CallEndpoint } from './call-endpoint.service.js';

@Module({ imports: [CircuitBreakerModule], providers: [CallEndpoint], exports: [CallEndpoint] })
export class CallingModule {}
