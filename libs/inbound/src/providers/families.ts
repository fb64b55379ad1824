/** Providers that stand on one page of docs/guides/providers. */
export interface Family {
  /** Name of the page, without `.md`. */
  page: string;
  /** After "Webhooks of …". */
  title: string;
  /** The first sentences of the page. */
  intro: string;
  /** Names of presets, in the order of the page. */
  presets: readonly string[];
}

/** Each preset is in exactly one of them. */
export const FAMILIES: readonly Family[] = [
  {
    page: 'generic',
    title: 'any sender that follows a standard',
    intro:
      'Many providers follow Standard Webhooks, or send with Svix. If yours is on no other page, look at its headers: `webhook-signature` or `svix-signature` is one of these.',
    presets: ['standard-webhooks', 'standard-webhooks-ed25519', 'svix', 'breakwater', 'websub'],
  },
  {
    page: 'code-hosts',
    title: 'code hosts, builds and hosting',
    intro: 'Pushes, pull requests, builds and deployments.',
    presets: [
      'github',
      'gitlab',
      'gitlab-token',
      'bitbucket',
      'circleci',
      'vercel',
      'netlify',
      'cloudflare',
      'sanity',
    ],
  },
  {
    page: 'payments',
    title: 'payment and bank providers',
    intro: 'Payments, refunds, subscriptions, invoices and accounts.',
    presets: [
      'stripe',
      'paypal',
      'adyen',
      'square',
      'paddle',
      'lemon-squeezy',
      'razorpay',
      'gocardless',
      'chargebee',
      'plaid',
      'xero',
    ],
  },
  {
    page: 'commerce',
    title: 'shops',
    intro: 'Orders, products and customers.',
    presets: ['shopify', 'woocommerce'],
  },
  {
    page: 'messaging',
    title: 'messages, chats, calls and social networks',
    intro:
      'Messages, calls, meetings and posts. Most of these ask first whether the address is yours; the row Handshake says how Breakwater answers.',
    presets: [
      'slack',
      'discord',
      'meta',
      'telegram',
      'twilio',
      'zoom',
      'livekit',
      'elevenlabs',
      'x',
      'twitch',
      'strava',
    ],
  },
  {
    page: 'mail',
    title: 'mail services',
    intro: 'Delivered, opened, bounced and received mails.',
    presets: ['sendgrid', 'mailgun', 'postmark', 'mandrill', 'nylas'],
  },
  {
    page: 'identity',
    title: 'identity providers',
    intro: 'Users, logins and directories.',
    presets: ['okta', 'workos', 'fusionauth'],
  },
  {
    page: 'clouds',
    title: 'clouds',
    intro: 'Queues and event buses that push to an address.',
    presets: ['sns', 'event-grid', 'google-pubsub', 'google-channel', 'microsoft-graph'],
  },
  {
    page: 'monitoring',
    title: 'monitoring and security',
    intro: 'Alerts, incidents and vulnerabilities.',
    presets: ['pagerduty', 'sentry', 'snyk'],
  },
  {
    page: 'crm-and-support',
    title: 'customer relations and support',
    intro: 'Contacts, deals, tickets and conversations.',
    presets: ['hubspot', 'pipedrive', 'attio', 'intercom', 'zendesk', 'front', 'front-rules'],
  },
  {
    page: 'documents-and-planning',
    title: 'documents, files, tasks and appointments',
    intro: 'Files, signatures, forms, tasks and appointments.',
    presets: [
      'asana',
      'jira',
      'linear',
      'monday',
      'notion',
      'trello',
      'box',
      'dropbox',
      'docusign',
      'adobe-sign',
      'typeform',
      'calendly',
      'cal-com',
    ],
  },
];
