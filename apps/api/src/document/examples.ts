/** An example of a request body. */
export interface Example {
  summary: string;
  value: unknown;
}

const MANIFEST = {
  name: 'Quiz night',
  ownerEmail: 'owner@quiz.example',
  baseUrl: 'https://quiz.example',
  // Addresses only: linters judge more than that by each alternative of the schema. docs/reference/manifest.md has all.
  webhooks: { answer: '/hooks/answer', report: 'https://reports.quiz.example/hooks' },
};
const PAUSE = { summary: 'While they move', value: { reason: 'Their database moves until noon.' } };

/** Bodies of requests by operation id: each is a request that works where the app and the capability are there. */
export const EXAMPLES: Readonly<Record<string, Readonly<Record<string, Example>>>> = {
  invoke_invoke: {
    question: { summary: 'A question', value: { payload: { question: '6 x 7' } } },
    list: { summary: 'A payload that is no object', value: { payload: [1, 2] } },
    participants: {
      summary: 'With what a fallback chooses from',
      value: { payload: { round: 3 }, context: { participants: ['ann', 'bob'], roomId: 'blue' } },
    },
  },
  deliveries_cancelAll: {
    count: { summary: 'Only count', value: { filter: { appId: 'quiz' }, dryRun: true } },
    old: {
      summary: 'Give up what is older than a day',
      value: { filter: { appId: 'quiz', capability: 'report', minAgeMs: 86_400_000 } },
    },
  },
  apps_validate: { manifest: { summary: 'Two capabilities, each by its address', value: MANIFEST } },
  apps_register: { manifest: { summary: 'Two capabilities, each by its address', value: MANIFEST } },
  apps_update: {
    timeouts: {
      summary: 'Another timeout than the manifest says',
      value: { webhookTimeouts: { answer: 1500 } },
    },
    disabled: {
      summary: 'Nothing goes out to it',
      value: { status: 'disabled', disabledReason: 'The owner asked for it.' },
    },
    active: { summary: 'In use again', value: { status: 'active' } },
  },
  apps_rotate: {
    overlap: { summary: 'The old one holds for an hour', value: { overlapMs: 3_600_000 } },
    atOnce: { summary: 'Older ones end now', value: { overlapMs: 0 } },
  },
  holds_pauseApp: { reason: PAUSE },
  holds_pause: { reason: PAUSE },
  holds_disable: { reason: { summary: 'For good', value: { reason: 'Replaced by another capability.' } } },
  keys_create: {
    app: { summary: 'For an app', value: { name: 'Quiz backend', scopes: ['app'], appId: 'quiz' } },
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
  deadletters_resolve: {
    notes: { summary: 'With what was done', value: { notes: 'The owner entered it by hand.' } },
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
    queue: { summary: 'Too much waits', value: { name: 'Queue', type: 'queue_depth', threshold: 1000 } },
  },
  alertrules_update: {
    threshold: { summary: 'Another threshold', value: { threshold: 90 } },
    off: { summary: 'Switched off', value: { enabled: false } },
  },
};
