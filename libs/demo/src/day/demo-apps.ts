/** What a capability of the demo is like. */
export interface DemoCapability {
  name: string;
  /** Path of the sample app that answers it now. */
  path: string;
  async: boolean;
  /** Calls in the day, about. */
  calls: number;
  medianMs: number;
  /** Share of calls whose first attempt fails for a moment. */
  failing: number;
  /** What is sent. */
  payload: (n: number) => object;
}

export interface DemoApp {
  id: string;
  name: string;
  ownerEmail: string;
  capabilities: DemoCapability[];
}

/** The capability with the incident of the day. */
export const INCIDENT = { appId: 'demo-contacts', capability: 'contact_sync' };
/** From an open circuit to its probe, in that capability's manifest, ms. */
export const RECOVERY_MS = 300_000;
/** Delays of the capability whose retries are exhausted, ms. */
export const SLOW_SCHEDULE_MS = [60_000, 120_000, 300_000, 600_000, 1_200_000];
export const EXHAUSTED = { appId: 'demo-postcards', capability: 'send_postcard' };
export const REFUSED = { appId: 'demo-tickets', capability: 'ticket_opened' };

export const DEMO_APPS: readonly DemoApp[] = [
  {
    id: 'demo-shop',
    name: 'Corner Shop',
    ownerEmail: 'owner@shop.example',
    capabilities: [
      {
        name: 'price_check',
        path: '/quiz_answer',
        async: false,
        calls: 900,
        medianMs: 85,
        failing: 0.012,
        payload: (n) => ({ article: `a-${100 + (n % 40)}`, quantity: 1 + (n % 5) }),
      },
      {
        name: 'order_export',
        path: '/report',
        async: true,
        calls: 600,
        medianMs: 140,
        failing: 0.015,
        payload: (n) => ({ order: `o-${5000 + n}`, total: 10 + (n % 190) }),
      },
    ],
  },
  {
    id: 'demo-quiz',
    name: 'Quiz Night',
    ownerEmail: 'owner@quiz.example',
    capabilities: [
      {
        name: 'score_answer',
        path: '/quiz_answer',
        async: false,
        calls: 700,
        medianMs: 60,
        failing: 0.008,
        payload: (n) => ({ room: `r-${n % 12}`, question: n % 30, answer: 'b' }),
      },
    ],
  },
  {
    id: 'demo-contacts',
    name: 'Contact Book',
    ownerEmail: 'owner@contacts.example',
    capabilities: [
      {
        name: 'contact_sync',
        path: '/report',
        async: true,
        calls: 800,
        medianMs: 220,
        failing: 0.01,
        payload: (n) => ({ contact: `c-${9000 + n}`, change: n % 7 === 0 ? 'removed' : 'updated' }),
      },
    ],
  },
  {
    id: 'demo-postcards',
    name: 'Postcards',
    ownerEmail: 'owner@postcards.example',
    capabilities: [
      {
        name: 'send_postcard',
        path: '/report',
        async: true,
        calls: 480,
        medianMs: 310,
        failing: 0.02,
        payload: (n) => ({ to: `member-${n}`, motif: ['harbour', 'lighthouse', 'gulls'][n % 3] }),
      },
    ],
  },
  {
    id: 'demo-tickets',
    name: 'Ticket Desk',
    ownerEmail: 'owner@tickets.example',
    capabilities: [
      {
        name: 'ticket_opened',
        path: '/report',
        async: true,
        calls: 360,
        medianMs: 110,
        failing: 0.01,
        payload: (n) => ({ ticket: `t-${n}`, priority: n % 9 === 0 ? 'high' : 'normal' }),
      },
    ],
  },
];

/** The manifest of a demo app: the sample app answers its calls. */
export function demoManifest(app: DemoApp, baseUrl: string): object {
  return {
    name: app.name,
    ownerEmail: app.ownerEmail,
    baseUrl,
    healthPath: '/health',
    webhooks: Object.fromEntries(
      app.capabilities.map((capability) => [capability.name, webhookOf(app, capability)]),
    ),
  };
}

function webhookOf(app: DemoApp, { name, path, async }: DemoCapability): object {
  const is = (place: { appId: string; capability: string }): boolean =>
    place.appId === app.id && place.capability === name;
  return {
    url: path,
    ...(async
      ? { async: true }
      : { timeout: 2000, fallback: { strategy: 'static', value: { answer: null } } }),
    ...(is(INCIDENT) ? { circuitBreaker: { recoveryTimeoutMs: RECOVERY_MS, successThreshold: 3 } } : {}),
    ...(is(EXHAUSTED) ? { retry: { schedule: SLOW_SCHEDULE_MS } } : {}),
  };
}
