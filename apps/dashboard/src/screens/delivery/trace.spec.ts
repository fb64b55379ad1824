import { expect, it } from 'vitest';
import { headerOf, traceOf } from './trace.js';

const trace = '4bf92f3577b34da6a3ce929d0e0e4736';

it('the trace is in the first header of that name that is well-formed', () => {
  const history = [
    { requestHeaders: null },
    { requestHeaders: { traceparent: 'none' } },
    { requestHeaders: { Traceparent: `00-${trace}-00f067aa0ba902b7-01` } },
  ];
  expect(traceOf(history)).toBe(trace);
  expect(traceOf(history.slice(0, 2))).toBeNull();
});

it('a header is found whatever its case', () => {
  expect(headerOf({ 'Webhook-Id': 'a' }, 'webhook-id')).toBe('a');
  expect(headerOf({ 'webhook-id': 1 }, 'webhook-id')).toBeNull();
  expect(headerOf(null, 'webhook-id')).toBeNull();
});
