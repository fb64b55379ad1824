import { NestFactory } from '@nestjs/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { holdersOf } from './config.js';
import {
  Config,
  ConfigInvalidError,
  ConfigModule,
  configFrom,
  describeConfig,
  loadConfig,
  parseConfig,
  shownSettings,
} from './index.js';
import { decodeSecret } from '../secrets/signing-secret.js';
import { settingsOf } from './setting.js';

const key = (fill: number) => Buffer.alloc(32, fill).toString('base64');
const minimal = { DATABASE_URL: 'postgresql://app:zebra@db:5432/app', ENCRYPTION_KEYS: `k1:${key(1)}` };
const problemsOf = (env: Record<string, string>) => {
  const parsed = parseConfig({ ...minimal, ...env });
  return parsed.ok ? [] : parsed.problems;
};
const allSettings = holdersOf(new Config()).flatMap((holder) => settingsOf(holder));

describe('a secret of a setting', () => {
  const base64 = (bytes: number) => Buffer.alloc(bytes, 7).toString('base64');

  it.each([
    ['24 bytes', `whsec_${base64(24)}`, true],
    ['64 bytes', `whsec_${base64(64)}`, true],
    ['23 bytes', `whsec_${base64(23)}`, false],
    ['65 bytes', `whsec_${base64(65)}`, false],
    ['no padding', `whsec_${base64(32).replace('=', '')}`, false],
    ['33 characters', `whsec_${'A'.repeat(33)}`, false],
    ['a last character with unused bits', `whsec_${base64(32).slice(0, -2)}d=`, false],
    ['no prefix', base64(32), false],
  ])('follows the same rule as in the signer: %s', (_, secret, taken) => {
    const problems = problemsOf({ NOTIFY_WEBHOOK_URL: 'https://example.com', NOTIFY_WEBHOOK_SECRET: secret });
    expect(problems.length === 0).toBe(taken);
    expect(decodeSecret(secret) !== null).toBe(taken);
    expect(JSON.stringify(problems)).not.toContain(secret);
  });
});

describe('the defaults', () => {
  it('are those of the requirements', () => {
    expect(configFrom(minimal)).toMatchObject({
      api: { host: '127.0.0.1', port: 3000, publicBaseUrl: 'http://localhost:3000' },
      log: { level: 'info' },
      database: { poolMax: 10 },
      redis: null,
      smtp: null,
      dataDir: '.breakwater',
      outbound: {
        allow: [],
        allowHttp: false,
        dnsServers: [],
        maxConnectionsPerOrigin: 256,
        maxOrigins: 10_000,
      },
      timeouts: { default: 10_000, asyncDefault: 30_000 },
      retry: { maxAttempts: 3, initialDelayMs: 1000, maxDelayMs: 30_000, backoffMultiplier: 2, jitter: 0.2 },
      circuitBreaker: {
        mode: 'enforce',
        failureThreshold: 5,
        recoveryTimeoutMs: 60_000,
        successThreshold: 3,
      },
      bulkheadCapacity: 250,
      queue: { concurrency: 10 },
      delivery: {
        maxAgeMs: 86_400_000,
        leaseMarginMs: 15_000,
        sweepIntervalMs: 2000,
        endpointConcurrency: 10,
      },
      batching: { maxRows: 200 },
      shutdownTimeoutMs: 30_000,
      adminEmails: [],
    });
  });

  it('break none of the rules', () => {
    const written = Object.fromEntries(
      describeConfig(configFrom(minimal))
        .split('\n')
        .filter((line) => line.includes('=') && !line.startsWith('#'))
        .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
    );
    expect(configFrom({ ...written, ...minimal })).toEqual(configFrom(minimal));
  });

  it('stand in for empty and blank values', () => {
    expect(configFrom({ ...minimal, API_PORT: '', LOG_LEVEL: '  ' }).api.port).toBe(3000);
  });

  it('cannot be changed by code that gets the config', () => {
    const config = configFrom(minimal);
    expect(() => Object.assign(config.retry, { maxAttempts: 9 })).toThrow(TypeError);
    expect(() => Object.assign(config, { dataDir: '/' })).toThrow(TypeError);
    expect(() => Object.assign(config.timeouts.byCapability, { x: 1 })).toThrow(TypeError);
  });
});

describe('a value', () => {
  it.each([
    ['DELIVERY_MAX_AGE', '24h', (config: Config) => config.delivery.maxAgeMs, 86_400_000],
    ['DELIVERY_MAX_AGE', '5000', (config: Config) => config.delivery.maxAgeMs, 5000],
    ['SWEEP_INTERVAL', '250ms', (config: Config) => config.delivery.sweepIntervalMs, 250],
    ['WEBHOOK_RETRY_JITTER', '0', (config: Config) => config.retry.jitter, 0],
    ['OUTBOUND_ALLOW_HTTP', 'TRUE', (config: Config) => config.outbound.allowHttp, true],
    ['LEGACY_SIGNATURE_HEADERS', '0', (config: Config) => config.outbound.legacySignatureHeaders, false],
    [
      'OUTBOUND_ALLOW',
      ' 127.0.0.1:7001, ::1,[::1]:80,10.0.0.0/8,app.local:3000,',
      (config: Config) => config.outbound.allow,
      ['127.0.0.1:7001', '::1', '[::1]:80', '10.0.0.0/8', 'app.local:3000'],
    ],
    [
      'API_TRUSTED_PROXIES',
      '10.0.0.0/8, loopback, 2001:db8::7',
      (config: Config) => config.api.trustedProxies,
      ['10.0.0.0/8', 'loopback', '2001:db8::7'],
    ],
    [
      'OUTBOUND_DNS_SERVERS',
      '1.1.1.1,[::1]:5353,9.9.9.9:53',
      (config: Config) => config.outbound.dnsServers,
      ['1.1.1.1', '[::1]:5353', '9.9.9.9:53'],
    ],
    [
      'PUBLIC_BASE_URL',
      'https://hooks.example.com/bw//',
      (config: Config) => config.api.publicBaseUrl,
      'https://hooks.example.com/bw',
    ],
    ['ADMIN_EMAILS', 'a@x.org,b@x.org', (config: Config) => config.adminEmails, ['a@x.org', 'b@x.org']],
    ['API_PORT', '8080', (config: Config) => config.api.publicBaseUrl, 'http://localhost:8080'],
    [
      'REDIS_URL',
      'rediss://:p@r:1',
      (config: Config) => config.redis,
      { kind: 'server', setting: 'REDIS_URL', url: 'rediss://:p@r:1', tls: {} },
    ],
    [
      'REDIS_HOST',
      'cache',
      (config: Config) => config.redis,
      { kind: 'server', setting: 'REDIS_HOST', url: 'redis://cache:6379', tls: null },
    ],
    [
      'REDIS_HOST',
      '::1',
      (config: Config) => config.redis,
      { kind: 'server', setting: 'REDIS_HOST', url: 'redis://[::1]:6379', tls: null },
    ],
    ['SMTP_URL', 'smtp://m:25', (config: Config) => config.smtp?.url, 'smtp://m:25'],
    [
      'SMTP_HOST',
      'm',
      (config: Config) => config.smtp,
      { url: 'smtp://m:587', from: 'Breakwater <breakwater@localhost>' },
    ],
    ['SMTP_HOST', '::1', (config: Config) => config.smtp?.url, 'smtp://[::1]:587'],
  ])('%s=%s is understood', (name, text, read, expected) => {
    expect(read(configFrom({ ...minimal, [name]: text }))).toEqual(expected);
  });

  it('as a URL overrides its parts', () => {
    const config = configFrom({
      ...minimal,
      REDIS_URL: 'redis://a:1',
      REDIS_HOST: 'b',
      REDIS_PORT: '2',
      REDIS_PASSWORD: 'p',
      SMTP_URL: 'smtp://a:1',
      SMTP_HOST: 'b',
    });
    expect(config.redis).toMatchObject({ setting: 'REDIS_URL', url: 'redis://a:1' });
    expect(config.smtp?.url).toBe('smtp://a:1');
  });

  it('in parts makes a URL with user and password escaped', () => {
    const config = configFrom({
      ...minimal,
      REDIS_HOST: 'r',
      REDIS_PORT: '7000',
      REDIS_PASSWORD: 'p@ss/word',
      SMTP_HOST: 'm',
      SMTP_PORT: '465',
      SMTP_USER: 'u@x',
      SMTP_PASSWORD: 'p:w',
    });
    expect(config.redis).toMatchObject({ setting: 'REDIS_HOST', url: 'redis://:p%40ss%2Fword@r:7000' });
    expect(config.smtp?.url).toBe('smtps://u%40x:p%3Aw@m:465');
  });

  it('of encryption keys is read in order, current first', () => {
    const { encryptionKeys } = configFrom({ ...minimal, ENCRYPTION_KEYS: `new:${key(2)}, old:${key(1)}` });
    expect(encryptionKeys).toEqual([
      { id: 'new', key: Buffer.alloc(32, 2) },
      { id: 'old', key: Buffer.alloc(32, 1) },
    ]);
  });

  it.each([
    ['API_PORT', '65536', 'max'],
    ['API_PORT', '3000x', 'isInt'],
    ['API_PORT', 'tcp://10.0.0.1:80', 'isInt'],
    ['API_HOST', 'a b', 'matches'],
    ['LOG_LEVEL', 'loud', 'isIn'],
    ['LOG_PRETTY', 'maybe', 'isBoolean'],
    ['WEBHOOK_TIMEOUT_DEFAULT', '999', 'min'],
    ['WEBHOOK_TIMEOUT_DEFAULT', '30001', 'max'],
    ['WEBHOOK_TIMEOUT_ASYNC_DEFAULT', '60001', 'max'],
    ['WEBHOOK_RETRY_MAX_ATTEMPTS', '11', 'max'],
    ['WEBHOOK_RETRY_JITTER', '1.5', 'max'],
    ['WEBHOOK_RETRY_JITTER', 'NaN', 'isNumber'],
    ['QUEUE_CONCURRENCY', '0', 'min'],
    ['DELIVERY_MAX_AGE', '-1', 'isInt'],
    ['DELIVERY_MAX_AGE', '1 fortnight', 'isInt'],
    ['PUBLIC_BASE_URL', 'localhost:3000', 'isWebUrl'],
    ['PUBLIC_BASE_URL', 'https://', 'isWebUrl'],
    ['OUTBOUND_ALLOW', '10.0.0.0/99', 'isEach'],
    ['OUTBOUND_ALLOW', 'http://app.local', 'isEach'],
    ['OUTBOUND_ALLOW', 'app.local:99999', 'isEach'],
    ['API_TRUSTED_PROXIES', 'proxy.local', 'isEach'],
    ['API_TRUSTED_PROXIES', '0.0.0.0/0', 'isEach'],
    ['OUTBOUND_DNS_SERVERS', 'dns.local', 'isEach'],
    ['OUTBOUND_DNS_SERVERS', '1.1.1.1:99999', 'isEach'],
    ['ADMIN_EMAILS', 'nobody', 'isEach'],
    ['SMTP_FROM', 'nobody', 'matches'],
  ])('%s=%s breaks the rule %s and is shown with the bounds', (name, text, rule) => {
    const problems = problemsOf({ [name]: text });
    expect(problems).toMatchObject([{ pointer: `/${name}`, rule, value: text }]);
    expect(problems[0]?.message).toMatch(new RegExp(`^${name} must be `));
  });

  it.each([
    ['DATABASE_URL', 'mysql://u:zebra@h/d'],
    ['DATABASE_URL', 'mysql://u:zebra@h1,h2/d'],
    ['DATABASE_URL', 'postgresql://u:zebra@h1:five,h2/d'],
    ['DATABASE_URL', 'postgresql://u:zebra@h1,h2/d?target_session_attrs=standby'],
    ['REDIS_URL', 'http://u:zebra@h'],
    ['SMTP_URL', 'zebra'],
    ['BREAKWATER_ADMIN_KEY', 'bw_zebra'],
    ['ENCRYPTION_KEYS', 'zebra'],
    ['ENCRYPTION_KEYS', `a:${key(1)},a:${key(2)}`],
    ['ENCRYPTION_KEYS', `a:${Buffer.alloc(31).toString('base64')}`],
  ])('of the secret %s is never shown', (name, text) => {
    const problems = problemsOf({ [name]: text });
    expect(problems.map(({ pointer }) => pointer)).toEqual([`/${name}`]);
    expect(JSON.stringify(problems)).not.toContain(text);
    expect(JSON.stringify(problems)).not.toContain('zebra');
  });

  it('of any setting, however malformed, does not make the parser throw', () => {
    const names = allSettings.map(({ env }) => env);
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...names), fc.string()), (env) => {
        expect(() => parseConfig(env)).not.toThrow();
      }),
    );
  });
});

describe('a required value', () => {
  it('that is absent is a problem', () => {
    const parsed = parseConfig({ DATABASE_URL: '' });
    expect(parsed.ok ? [] : parsed.problems.map(({ pointer, rule }) => [pointer, rule])).toEqual([
      ['/DATABASE_URL', 'required'],
      ['/ENCRYPTION_KEYS', 'required'],
    ]);
  });

  it('may be absent where npm start supplies it', () => {
    expect(configFrom({}, { standalone: true })).toMatchObject({ database: { url: '' }, encryptionKeys: [] });
  });
});

describe('timeouts by capability', () => {
  it('come shipped and from WEBHOOK_TIMEOUT_<CAPABILITY>, keyed in lower case', () => {
    const { byCapability } = configFrom({
      ...minimal,
      WEBHOOK_TIMEOUT_QUIZ_ANSWER: '2500',
      WEBHOOK_TIMEOUT_REPORT: '60s',
      WEBHOOK_TIMEOUT_EMPTY: '',
    }).timeouts;
    expect({ ...byCapability }).toEqual({
      quiz_answer: 2500,
      winner_selection: 5000,
      participant_registration: 3000,
      report: 60_000,
    });
  });

  it('ignore names that every object has', () => {
    expect(configFrom(minimal).timeouts.byCapability['constructor']).toBeUndefined();
  });

  it.each(['999', '60001', 'soon'])('%s is out of bounds', (value) => {
    expect(problemsOf({ WEBHOOK_TIMEOUT_REPORT: value })).toMatchObject([
      { pointer: '/WEBHOOK_TIMEOUT_REPORT', bounds: { min: 1000, max: 60_000 }, value },
    ]);
  });

  it('report a misspelt default', () => {
    expect(problemsOf({ WEBHOOK_TIMEOUT_DEFUALT: '2000' })).toMatchObject([
      {
        rule: 'unknown',
        message: expect.stringContaining('did you mean WEBHOOK_TIMEOUT_DEFAULT?') as unknown,
      },
    ]);
  });
});

describe('an unknown name', () => {
  it.each([
    ['CIRCUIT_BREAKER_FAILURE_TRESHOLD', 'CIRCUIT_BREAKER_FAILURE_THRESHOLD'],
    ['QUEUE_CONCURENCY', 'QUEUE_CONCURRENCY'],
    ['WEBHOOK_RETRY_MAX_DELAY_MS', 'WEBHOOK_RETRY_MAX_DELAY'],
    ['CIRCUIT_BRAKER_MODE', 'CIRCUIT_BREAKER_MODE'],
    ['CIRCUT_BREAKER_RECOVERY_TIMEOUT', 'CIRCUIT_BREAKER_RECOVERY_TIMEOUT'],
    ['REDIS_URI', 'REDIS_URL'],
    ['DATABASE_URI', 'DATABASE_URL'],
    ['PORT', 'API_PORT'],
  ])('%s is reported with the guess %s', (name, nearest) => {
    expect(problemsOf({ [name]: 'zebra' })).toEqual([
      {
        pointer: `/${name}`,
        rule: 'unknown',
        bounds: nearest,
        message: `${name} is not a setting; did you mean ${nearest}?`,
      },
    ]);
  });

  it('far from all others is a problem without a guess', () => {
    expect(problemsOf({ DLQ_X: '1' })).toMatchObject([{ message: 'DLQ_X is not a setting' }]);
  });

  it('of other programs is ignored where our own is set too', () => {
    expect(problemsOf({ PORT: '80', API_PORT: '80' })).toEqual([]);
  });

  it('without one of our prefixes is ignored', () => {
    expect(problemsOf({ REDIS_SERVICE_HOST: 'x', API_KEY: 'x', HOME: '/', HTTP_PORT: '1' })).toEqual([]);
  });
});

describe('settings that contradict each other', () => {
  it.each([
    [{ DATABASE_POOL_MIN: '6', DATABASE_POOL_MAX: '5' }, '/DATABASE_POOL_MIN', 'max'],
    [{ REDIS_PASSWORD: 'x' }, '/REDIS_PASSWORD', 'alone'],
    [{ WEBHOOK_RETRY_INITIAL_DELAY: '40000' }, '/WEBHOOK_RETRY_MAX_DELAY', 'min'],
    [
      { SUBSCRIPTION_AUTO_DISABLE_DAYS: '7', WEBHOOK_METRICS_RETENTION_DAYS: '7' },
      '/SUBSCRIPTION_AUTO_DISABLE_DAYS',
      'max',
    ],
  ])('%j is a problem at %s', (env: Record<string, string>, pointer, rule) => {
    expect(problemsOf(env)).toMatchObject([{ pointer, rule }]);
  });
});

describe('a wrong configuration', () => {
  it('lists every problem at once', () => {
    const error = (() => {
      try {
        return configFrom({ API_PORT: 'x', LOG_LEVEL: 'y', QUEUE_NAEM: 'z', WEBHOOK_TIMEOUT_A: '1' });
      } catch (caught) {
        return caught;
      }
    })();
    expect(error).toBeInstanceOf(ConfigInvalidError);
    expect(error).toMatchObject({ code: 'CONFIG_INVALID' });
    expect((error as Error).message.split('\n')).toEqual([
      'the configuration has 6 problem(s):',
      '  - API_PORT must be a whole number from 0 to 65535, not "x"',
      expect.stringMatching(/LOG_LEVEL must be one of .*, not "y"/),
      expect.stringContaining('DATABASE_URL is required'),
      expect.stringContaining('ENCRYPTION_KEYS is required'),
      expect.stringContaining('WEBHOOK_TIMEOUT_A must be'),
      expect.stringContaining('QUEUE_NAEM is not a setting; did you mean QUEUE_NAME?'),
    ]);
  });
});

describe('the description', () => {
  const described = describeConfig(
    configFrom({
      DATABASE_URL: 'postgresql://app:zebra@db/app?sslmode=require&sslpassword=zebra',
      ENCRYPTION_KEYS: `k1:${key(1)}`,
      BREAKWATER_ADMIN_KEY: `bw_${'z'.repeat(43)}`,
      REDIS_HOST: 'r',
      REDIS_PASSWORD: 'zebra',
      SMTP_URL: 'smtp://mailer:zebra@mail:25',
      WEBHOOK_TIMEOUT_REPORT: '20000',
      OUTBOUND_ALLOW: 'a:1, 10.0.0.0/8',
    }),
  );

  it('holds no secret', () => {
    expect(described).not.toMatch(/zebra|zzz/);
    expect(described).not.toContain(key(1));
  });

  it.each([
    'DATABASE_URL=postgresql://app:***@db/app?sslmode=require&sslpassword=***',
    'SMTP_URL=smtp://mailer:***@mail:25',
    'REDIS_PASSWORD=***',
    'ENCRYPTION_KEYS=k1:***',
    'BREAKWATER_ADMIN_KEY=***',
    'WEBHOOK_TIMEOUT_REPORT=20000',
    'OUTBOUND_ALLOW=a:1,10.0.0.0/8',
    '# REDIS_URL=',
    'API_PORT=3000',
  ])('has the line %s', (line) => expect(described.split('\n')).toContain(line));

  it.each(allSettings.map(({ env }) => env))('names %s once', (env) => {
    expect(described.match(new RegExp(`^(# )?${env}=`, 'gm'))).toHaveLength(1);
  });

  it('is the same setting by setting, as a screen shows it', () => {
    const url = 'postgresql://app:zebra@db/app';
    const settings = shownSettings(configFrom({ DATABASE_URL: url, ENCRYPTION_KEYS: `k1:${key(1)}` }));
    const valueOf = (name: string): unknown => settings.find((setting) => setting.name === name)?.value;
    expect(settings).toHaveLength(allSettings.length);
    expect(['DATABASE_URL', 'API_PORT', 'REDIS_URL'].map(valueOf)).toEqual([
      'postgresql://app:***@db/app',
      '3000',
      null,
    ]);
  });

  it.each([
    [
      'postgresql://app:zebra@db1,db2:5433/app?sslmode=verify-full',
      'postgresql://app:***@db1:5432,db2:5433/app?sslmode=verify-full&target_session_attrs=read-write',
    ],
    [
      'postgresql://db1,db2/app?target_session_attrs=any',
      'postgresql://db1:5432,db2:5432/app?target_session_attrs=any',
    ],
  ])('shows each host of %s, and no password', (url, shown) => {
    const settings = shownSettings(configFrom({ DATABASE_URL: url, ENCRYPTION_KEYS: `k1:${key(1)}` }));
    expect(settings.find(({ name }) => name === 'DATABASE_URL')?.value).toBe(shown);
  });

  it('shows nothing of a malformed URL', () => {
    const unreadable = new Config();
    Object.assign(unreadable.database, { url: 'zebra' });
    expect(describeConfig(unreadable)).toContain('DATABASE_URL=***');
  });
});

describe('the process', () => {
  it('overrides what is supplied, unless its value is empty', () => {
    const before = { ...process.env };
    try {
      Object.assign(process.env, { API_PORT: '4001', API_HOST: '' });
      const config = loadConfig({ supplied: { ...minimal, API_PORT: '4000', API_HOST: 'localhost' } });
      expect(config.api).toMatchObject({ port: 4001, host: 'localhost' });
    } finally {
      process.env = before;
    }
  });

  it('injects the config under its class', async () => {
    const config = configFrom(minimal);
    const context = await NestFactory.createApplicationContext(ConfigModule.forRoot(config), {
      logger: false,
    });
    expect(context.get(Config)).toBe(config);
    await context.close();
  });
});

describe('the login that migrates', () => {
  it.each([
    [
      'DATABASE_OWNER_URL',
      { DATABASE_OWNER_URL: 'postgresql://o@h/d', DATABASE_SESSION_URL: 'postgresql://s@h/d' },
    ],
    ['DATABASE_SESSION_URL', { DATABASE_SESSION_URL: 'postgresql://s@h/d' }],
    ['DATABASE_URL', {}],
  ])('is that of %s, where it is set', (setting, env: Record<string, string>) => {
    const given = { ...minimal, ...env };
    const url = (given as Record<string, string>)[setting];
    expect(configFrom(given).database.migrator()).toEqual({ setting, url });
  });
});
