import { outcomeOfAnswer, type Outcome } from '@breakwater/webhook-client';
import type { ReceivedAnswer } from './listener-answer.js';

/** What an answer of a listener comes to, by the rules for answers of any receiver. */
export async function listenerOutcome(
  { answer, body }: ReceivedAnswer,
  { keepBytes, expectJson, now }: { keepBytes: number; expectJson: boolean; now: Date },
): Promise<Outcome> {
  switch (answer.kind) {
    case 'answered':
      return outcomeOfAnswer({ ...answer, body }, { keepBytes, expectJson, now });
    case 'too_large':
      return {
        kind: 'response_too_large',
        status: answer.status,
        message: 'the listener’s answer is too long',
      };
    case 'failed':
      return answer.code === 'TIMEOUT'
        ? { kind: 'timeout', message: answer.message }
        : { kind: 'network', code: answer.code, message: `listener: ${answer.message}` };
  }
}
