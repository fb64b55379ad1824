import { Test } from '@nestjs/testing';
import { expect, it } from 'vitest';
import { requestTo } from './fixtures/client.fixture.js';
import { httpReceiver, until } from './fixtures/receiver.fixture.js';
import { WebhookClientModule } from './webhook-client.module.js';
import { WebhookClient } from './webhook-client.js';

it('the module provides one client and closes its sockets on shutdown', async () => {
  const receiver = await httpReceiver().listen();
  const options = {
    allow: [`127.0.0.1:${receiver.port}`],
    allowHttp: false,
    dnsServers: [],
    legacySignatureHeaders: true,
    userAgent: 'Breakwater/test',
    maxConnectionsPerOrigin: 2,
    maxOrigins: 10,
  };
  const app = await Test.createTestingModule({ imports: [WebhookClientModule.forRoot(options)] }).compile();
  await app.init();
  const client = app.get(WebhookClient);
  expect((await client.send(requestTo(receiver.url))).kind).toBe('delivered');
  expect(receiver.sockets.size).toBe(1);
  await app.close();
  await until(() => receiver.sockets.size === 0);
  expect((await client.send(requestTo(receiver.url))).kind).toBe('aborted');
  await receiver.close();
});
