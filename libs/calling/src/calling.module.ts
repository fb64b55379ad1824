import { Module } from '@nestjs/common';
import { CircuitBreakerModule } from '@breakwater/circuit-breaker';
import { ListenersModule } from '@breakwater/listeners';
import { CallEndpoint } from './call-endpoint.service.js';
import { CallTransport } from './call-transport.service.js';

@Module({
  imports: [CircuitBreakerModule, ListenersModule],
  providers: [CallEndpoint, CallTransport],
  exports: [CallEndpoint],
})
export class CallingModule {}
