import * as nest from '@nestjs/common';
import { lastValueFrom, of } from 'rxjs';
import type { Call, Handler, HandlerOptions, Receiver } from '../receiver.io.js';
import { receivedBy } from './node-message.js';

const REMEDY = 'create the application with `NestFactory.create(AppModule, { rawBody: true })`.';
const RECEIVER = Symbol('Receiver');

/** Of a method of a controller: the delivery of an event, or of an async capability. */
export const EventWebhook = (options?: Options) => webhookOf('event', options);
/** Of a method of a controller: a sync capability, answered with what the method returns. */
export const CapabilityWebhook = (options?: Options) => webhookOf('capability', options);
/** Parameters of such a method: the payload, and the `Call`. */
export const Payload = nest.createParamDecorator((_, context) => handed(context).payload);
export const WebhookCall = nest.createParamDecorator((_, context) => handed(context).call);

const handed = (context: nest.ExecutionContext) =>
  context.switchToHttp().getRequest<{ webhook: { payload: unknown; call: Call } }>().webhook;

@nest.Module({})
export class ReceiverModule {
  static forRoot(receiver: Receiver): nest.DynamicModule {
    const providers = [{ provide: RECEIVER, useValue: receiver }];
    return { module: ReceiverModule, global: true, providers, exports: [RECEIVER] };
  }
}

type Options = HandlerOptions<unknown>;
function webhookOf(kind: 'event' | 'capability', options?: Options) {
  @nest.Injectable()
  class WebhookInterceptor implements nest.NestInterceptor {
    constructor(@nest.Inject(RECEIVER) private readonly receiver: Receiver) {}

    async intercept(context: nest.ExecutionContext, next: nest.CallHandler) {
      const [request, response] = context.getArgs();
      const handle: Handler<unknown, unknown> = (payload, call) => {
        request.webhook = { payload, call };
        return lastValueFrom(next.handle(), { defaultValue: null });
      };
      const { event, capability } = this.receiver;
      const webhook = kind === 'event' ? event(handle, options) : capability(handle, options);
      const { status, headers, body } = await webhook(receivedBy(request, response, REMEDY));
      for (const [name, value] of Object.entries(headers)) response.header(name, value);
      if (status !== 200) throw new nest.HttpException(JSON.parse(body), status);
      return of(body);
    }
  }
  return nest.applyDecorators(nest.HttpCode(200), nest.UseInterceptors(WebhookInterceptor));
}
