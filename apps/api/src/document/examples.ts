/** An example of a request body. */
export interface Example {
  summary: string;
  value: unknown;
}

const MANIFEST = {
  name: 'Quiz night',
  ownerEmail: 'owner@quiz.example',
  baseUrl: 'https://quiz.example',
  // Only URLs: linters check longer forms against each alternative of the schema. docs/reference/manifest.md has all
  // forms.
  webhooks: { answer: '/hooks/answer', report: 'https://reports.quiz.example/hooks' },
};
const PAUSE = { summary: 'While they move', value: { reason: 'Their database moves until noon.' } };

/** Request bodies by operation id: each is a request that works if the app and the capability exist. */
export const EXAMPLES: Readonly<Record<string, Readonly<Record<string, Example>>>> = {
  invoke_invoke: {
    question: { summary: 'A question', value: { payload: { question: '6 x 7' } } },
    list: { summary: 'A payload that is not an object', value: { payload: [1, 2] } },
    participants: {
      summary: 'With the participants that a fallback chooses from',
      value: { payload: { round: 3 }, context: { participants: ['ann', 'bob'], roomId: 'blue' } },
    },
  },
  deliveries_cancelAll: {
    count: { summary: 'Only count', value: { filter: { appId: 'quiz' }, dryRun: true } },
    old: {
      summary: 'Cancel what is older than a day',
      value: { filter: { appId: 'quiz', capability: 'report', minAgeMs: 86_400_000 } },
    },
  },
  events_publish: {
    app: {
      summary: 'An event of an app',
      value: { appId: 'quiz', type: 'order.created', payload: { id: 'o-17', total: 42 } },
    },
    later: {
      summary: 'Of the platform, with a key',
      value: { type: 'platform.maintenance', payload: { minutes: 5 }, idempotencyKey: 'maintenance-7' },
    },
  },
  events_publishBatch: {
    two: {
      summary: 'Two events',
      value: {
        events: [
          { appId: 'quiz', type: 'order.created', payload: { id: 'o-17' } },
          { appId: 'quiz', type: 'order.paid', payload: { id: 'o-17' }, metadata: { shop: 'north' } },
        ],
      },
    },
  },
  eventtypes_put: {
    order: {
      summary: 'With a schema that only warns',
      value: {
        description: 'A customer placed an order.',
        example: { id: 'o-17', total: 42 },
        schema: {
          type: 'object',
          required: ['id', 'total'],
          properties: { id: { type: 'string' }, total: { type: 'integer', minimum: 0 } },
        },
        mode: 'warn',
      },
    },
    plain: { summary: 'Without a schema', value: { description: 'The platform is maintained.' } },
  },
  subscriptiontests_testFilter: {
    draft: {
      summary: 'Another filter',
      value: { events: ['invoice.*'], filter: { payload: { total: { $gte: 100 } } } },
    },
    unfiltered: { summary: 'Without its filter', value: { filter: null } },
  },
  conformanceruns_start: {
    capability: {
      summary: 'The endpoint of a capability, with a payload that it accepts',
      value: { capability: 'answer', payload: { question: 'Who wrote it?' }, keep: true },
    },
  },
  replay_replay: {
    all: { summary: 'To all subscriptions that match it', value: {} },
    failed: {
      summary: 'To one subscription, if its delivery failed',
      value: { appId: 'quiz', subscription: 'invoices', result: 'failed' },
    },
  },
  bulkoperations_plan: {
    replay: {
      summary: 'What failed in an hour, again',
      value: {
        kind: 'replay',
        filter: {
          appId: 'quiz',
          types: ['invoice.*'],
          from: '2026-11-28T10:00:00Z',
          to: '2026-11-28T11:00:00Z',
          result: 'failed',
        },
        perSecond: 50,
      },
    },
    resolve: {
      summary: 'Dead letters that nobody needs',
      value: {
        kind: 'resolve',
        filter: { appId: 'quiz', capability: 'report' },
        notes: 'Replaced by another report.',
      },
    },
  },
  subscriptions_create: {
    ledger: {
      summary: 'Large orders',
      value: {
        name: 'ledger',
        url: '/hooks/orders',
        events: ['order.*'],
        filter: { payload: { total: { $gte: 10 } } },
      },
    },
  },
  subscriptions_update: {
    events: { summary: 'Gets invoices, too', value: { events: ['order.*', 'invoice.*'] } },
    unfiltered: { summary: 'Without its filter', value: { filter: null } },
  },
  subscriptions_pause: { reason: PAUSE },
  subscriptions_disable: { reason: { summary: 'For good', value: { reason: 'Replaced by another one.' } } },
  subscriptions_rotateSecret: {
    overlap: { summary: 'The old one is valid for another hour', value: { overlapMs: 3_600_000 } },
    atOnce: { summary: 'Older ones expire now', value: { overlapMs: 0 } },
  },
  sources_create: {
    github: {
      summary: 'Webhooks of GitHub, sent to one target',
      value: {
        name: 'github',
        verification: { preset: 'github' },
        generateSecret: true,
        targets: [{ name: 'builds', url: '/hooks/github' }],
      },
    },
    unverified: {
      summary: 'From a sender that signs nothing',
      value: {
        name: 'sensors',
        verification: { preset: 'none' },
        answer: { status: 202, contentType: 'application/json', body: '{"ok":true}' },
      },
    },
  },
  sources_update: {
    answer: { summary: 'Another answer', value: { answer: { status: 204 } } },
    verification: {
      summary: 'Another provider, with its secret',
      value: {
        verification: { preset: 'stripe', toleranceSeconds: 600 },
        secret: 'whsec_from_the_dashboard',
      },
    },
  },
  sources_rotateKey: {
    overlap: { summary: 'The old address works for another hour', value: { overlapMs: 3_600_000 } },
    atOnce: { summary: 'Older addresses end now', value: { overlapMs: 0 } },
  },
  sources_addSecret: {
    made: { summary: 'One is made', value: {} },
    given: { summary: 'From the provider', value: { secret: 'it-is-shown-there', overlapMs: 3_600_000 } },
  },
  sources_pause: { reason: PAUSE },
  sources_putTarget: {
    target: {
      summary: 'Another target',
      value: { url: '/hooks/audit', filter: { payload: { action: 'opened' } } },
    },
  },
  apps_validate: { manifest: { summary: 'Two capabilities, each by its URL', value: MANIFEST } },
  apps_register: { manifest: { summary: 'Two capabilities, each by its URL', value: MANIFEST } },
  apps_update: {
    timeouts: {
      summary: "A timeout other than the manifest's",
      value: { webhookTimeouts: { answer: 1500 } },
    },
    disabled: {
      summary: 'Stops its calls',
      value: { status: 'disabled', disabledReason: 'The owner asked for it.' },
    },
    active: { summary: 'Enabled again', value: { status: 'active' } },
    signatures: { summary: 'Signed with the public key, too', value: { signatures: ['v1', 'v1a'] } },
  },
  apps_rotate: {
    overlap: { summary: 'The old one is valid for another hour', value: { overlapMs: 3_600_000 } },
    atOnce: { summary: 'Older ones expire now', value: { overlapMs: 0 } },
  },
  webhookkeys_rotate: {
    overlap: { summary: 'The old key is valid for another day', value: { overlapMs: 86_400_000 } },
    atOnce: { summary: 'Older keys end now', value: { overlapMs: 0 } },
  },
  clientcertificates_put: {
    pem: {
      summary: 'The text of two PEM files, shortened here',
      value: {
        certificate: '-----BEGIN CERTIFICATE-----\nMIIB…\n-----END CERTIFICATE-----\n',
        key: '-----BEGIN PRIVATE KEY-----\n…\n-----END PRIVATE KEY-----\n',
      },
    },
  },
  holds_pauseApp: { reason: PAUSE },
  holds_pause: { reason: PAUSE },
  breakers_force: {
    open: { summary: 'Send no calls for now', value: { state: 'open', reason: 'Their data center moves.' } },
    closed: { summary: 'Send every call', value: { state: 'closed', reason: 'Their errors are harmless.' } },
  },
  breakers_automatic: { done: { summary: 'Decide by calls again', value: { reason: 'The move is done.' } } },
  holds_disable: { reason: { summary: 'For good', value: { reason: 'Replaced by another capability.' } } },
  session_create: {
    key: { summary: 'With an API key', value: { key: 'bw_0123456789012345678901234567890123456789012' } },
  },
  portallinks_create: {
    view: { summary: 'To look for a day', value: { capabilities: ['view'], expiresIn: 86_400 } },
    week: {
      summary: 'To repair deliveries for a week',
      value: { capabilities: ['redeliver', 'resolve'], expiresIn: 604_800, note: 'Ann of Quiz night' },
    },
  },
  keys_create: {
    app: { summary: 'For one app', value: { name: 'Quiz backend', scopes: ['app'], appId: 'quiz' } },
    reader: {
      summary: 'For a dashboard, until a day',
      value: { name: 'Dashboard', scopes: ['read'], expiresAt: '2100-01-01T00:00:00Z' },
    },
  },
  deadletters_retryAll: {
    count: { summary: 'Only count', value: { filter: { appId: 'quiz' }, dryRun: true } },
    capability: { summary: 'Of one capability', value: { filter: { appId: 'quiz', capability: 'report' } } },
  },
  deadletters_resolveAll: {
    old: {
      summary: 'What is older than a week',
      value: { filter: { appId: 'quiz', minAgeMs: 604_800_000 }, notes: 'Too old to be of use.' },
    },
  },
  deliveries_redeliver: {
    check: { summary: 'Only check', value: { dryRun: true } },
    edited: { summary: 'With another payload', value: { payload: { report: 7 } } },
  },
  deadletters_retry: { check: { summary: 'Only check', value: { dryRun: true } } },
  alerts_acknowledge: { note: { summary: 'With a note', value: { note: 'The owner was called.' } } },
  alertrules_rehearse: {
    slow: {
      summary: 'Slow answers',
      value: { name: 'Slow answers', type: 'response_time', appId: 'quiz', threshold: 800 },
    },
  },
  deadletters_note: { note: { summary: 'For the others', value: { note: 'The owner mends it on Monday.' } } },
  deadletters_resolve: {
    notes: { summary: 'With a note about what was done', value: { notes: 'The owner entered it by hand.' } },
  },
  approvals_resolve: {
    approved: { summary: 'Yes', value: { status: 'approved', notes: 'Checked by phone.' } },
    rejected: { summary: 'No', value: { status: 'rejected' } },
  },
  alertrules_create: {
    successRate: {
      summary: 'Fewer than 95 % of the calls work',
      value: {
        name: 'Quiz success rate',
        type: 'success_rate',
        appId: 'quiz',
        threshold: 95,
        windowMs: 3_600_000,
      },
    },
    queue: {
      summary: 'Too many deliveries wait',
      value: { name: 'Queue', type: 'queue_depth', threshold: 1000 },
    },
  },
  alertrules_update: {
    threshold: { summary: 'Another threshold', value: { threshold: 90 } },
    off: { summary: 'Switched off', value: { enabled: false } },
  },
};
