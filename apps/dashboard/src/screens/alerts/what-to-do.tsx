import { List } from '@mantine/core';
import type { ReactNode } from 'react';
import { useLinks } from '../../session/use-links.js';
import { Go } from '../../show/go.js';
import { Panel } from '../../show/panel.js';

interface Told {
  type: string;
  appId: string | null;
  capability: string | null;
  state: string;
}

/** Where to look next, by what the rule watches. */
export function WhatToDo({ alert: { type, appId, capability, state } }: { alert: Told }) {
  const links = useLinks();
  const of = { appId: appId ?? undefined, capability: capability ?? undefined };
  const breaker =
    appId === null || capability === null
      ? links.breakers({ appId: appId ?? undefined })
      : links.breaker(appId, capability);
  const steps: Record<string, ReactNode> = {
    success_rate: <Go to={links.deliveries(of)}>See what the failed calls answered</Go>,
    response_time: <Go to={links.deliveries(of)}>Find out what makes the webhook slow</Go>,
    avg_attempts: <Go to={links.deliveries(of)}>See which calls had to be repeated</Go>,
    dlq_size: (
      <Go to={links.deadLetters(of)}>Fix what made them fail, then send them again or resolve them</Go>
    ),
    queue_depth: <Go to={links.system}>Check that workers run and keep up</Go>,
    circuit_open: <Go to={breaker}>See what opened the breaker</Go>,
    app_health: <Go to={links.health({ appId: appId ?? undefined })}>See what the health URL answers</Go>,
  };
  return (
    <Panel title="What to do">
      <List size="sm" spacing={4}>
        {steps[type] ? <List.Item>{steps[type]}</List.Item> : null}
        {appId === null ? null : (
          <List.Item>
            <Go to={links.app(appId)}>{`Everything about ${appId}`}</Go>
          </List.Item>
        )}
        <List.Item>
          {state === 'resolved'
            ? 'The alert is over: nothing has to be done.'
            : 'The alert resolves by itself when its rule no longer fires.'}
        </List.Item>
      </List>
    </Panel>
  );
}
