import type { GitHubEvent } from '@breakwater/testing/github-events.js';

/** A subscription to events of GitHub, and which events it gets: written by hand, without the code of filters. */
export interface GitHubSubscription {
  events: string[];
  filter?: Record<string, unknown>;
  gets: (event: GitHubEvent) => boolean;
}

/** The value of a member; undefined if it is missing. */
const at = (value: unknown, path: string): unknown =>
  path
    .split('.')
    .reduce<unknown>(
      (held, name) =>
        typeof held === 'object' ? (held as Record<string, unknown> | null)?.[name] : undefined,
      value,
    );
const list = (value: unknown): unknown[] => (Array.isArray(value) ? (value as unknown[]) : []);
const text = (value: unknown): string => (typeof value === 'string' ? value : '');

/** Each operator, members of lists and of objects in lists, missing members and null occur. */
export const GITHUB_SUBSCRIPTIONS: Readonly<Record<string, GitHubSubscription>> = {
  pushes: {
    events: ['github.push'],
    gets: ({ type }) => type === 'github.push',
  },
  all_opened: {
    events: ['github.*.opened'],
    gets: ({ type }) => ['github.issues.opened', 'github.pull_request.opened'].includes(type),
  },
  two_patterns: {
    events: ['*.deployment_status.*', 'github.*.completed'],
    gets: ({ type }) => type.startsWith('github.deployment_status.') || type.endsWith('.completed'),
  },
  bug_reports: {
    events: ['github.issues.*', 'github.issue_comment.*'],
    filter: { payload: { 'issue.labels': { name: 'bug' } } },
    gets: ({ type, payload }) =>
      /^github\.issue(s|_comment)\./.test(type) &&
      list(at(payload, 'issue.labels')).some((label) => at(label, 'name') === 'bug'),
  },
  robots: {
    events: ['*'],
    filter: { payload: { sender: { login: { $endsWith: '[bot]' } } } },
    gets: ({ payload }) => text(at(payload, 'sender.login')).endsWith('[bot]'),
  },
  private_of_organizations: {
    events: ['github.*'],
    filter: { payload: { repository: { private: true }, organization: { $exists: true } } },
    gets: ({ payload }) =>
      at(payload, 'repository.private') === true && at(payload, 'organization') !== undefined,
  },
  without_repository: {
    events: ['github.*.*'],
    filter: { payload: { repository: { $exists: false } } },
    gets: ({ type, payload }) => type.split('.').length > 2 && !('repository' in payload),
  },
  many_issues: {
    events: ['github.*'],
    filter: { payload: { 'repository.open_issues': { $gt: 2 } } },
    gets: ({ payload }) => Number(at(payload, 'repository.open_issues')) > 2,
  },
  enterprise: {
    events: ['github.*'],
    filter: { type: { $endsWith: '.created' }, metadata: { source: { $startsWith: 'ghes-' } } },
    gets: ({ type, source }) => type.endsWith('.created') && source !== 'api.github.com',
  },
  without_milestone: {
    events: ['github.*'],
    filter: { payload: { 'pull_request.milestone': null } },
    gets: ({ payload }) => at(payload, 'pull_request.milestone') === null,
  },
  with_milestone: {
    events: ['github.pull_request.*'],
    filter: { payload: { 'pull_request.milestone': { $ne: null } } },
    gets: ({ type, payload }) =>
      type.startsWith('github.pull_request.') && at(payload, 'pull_request.milestone') !== null,
  },
  of_others: {
    events: ['*'],
    filter: { $not: { payload: { 'sender.login': 'Codertocat' } } },
    gets: ({ payload }) => at(payload, 'sender.login') !== 'Codertocat',
  },
  first_ten: {
    events: ['github.*'],
    filter: { payload: { number: { $gte: 2, $lte: 10 } } },
    gets: ({ payload: { number } }) => typeof number === 'number' && number >= 2 && number <= 10,
  },
  unusual_actions: {
    events: ['github.project.*', 'github.project_card.*', 'github.label.*'],
    filter: { payload: { action: { $nin: ['created', 'edited', 'deleted'] } } },
    gets: ({ type, payload: { action } }) =>
      /^github\.(project|project_card|label)\./.test(type) &&
      action !== 'created' &&
      action !== 'edited' &&
      action !== 'deleted',
  },
  conclusions: {
    events: ['github.check_run.*', 'github.workflow_run.*'],
    filter: {
      $or: [
        { payload: { 'check_run.conclusion': { $in: ['success', 'failure'] } } },
        { payload: { 'workflow_run.conclusion': { $in: ['success', 'failure', null] } } },
      ],
    },
    gets: ({ type, payload }) =>
      /^github\.(check|workflow)_run\./.test(type) &&
      (['success', 'failure'].includes(text(at(payload, 'check_run.conclusion'))) ||
        ['success', 'failure', null].includes(at(payload, 'workflow_run.conclusion') as string)),
  },
  tags: {
    events: ['github.push', 'github.create', 'github.delete'],
    filter: {
      $and: [
        { payload: { ref: { $not: { $startsWith: 'refs/heads/' } } } },
        { type: { $ne: 'github.delete' } },
      ],
    },
    gets: ({ type, payload: { ref } }) =>
      ['github.push', 'github.create'].includes(type) && !text(ref).startsWith('refs/heads/'),
  },
  first_commit: {
    events: ['github.push'],
    filter: { payload: { 'commits.0.author.name': { $exists: true } } },
    gets: ({ type, payload }) =>
      type === 'github.push' && at(list(at(payload, 'commits'))[0], 'author.name') !== undefined,
  },
  installed_with_everything: {
    events: ['*'],
    filter: { payload: { $or: [{ 'hook.events': '*' }, { 'hook.events': ['*'] }] } },
    gets: ({ payload }) => list(at(payload, 'hook.events')).includes('*'),
  },
  no_topics: {
    events: ['github.*'],
    filter: { payload: { 'repository.topics': { $eq: [] }, 'repository.owner': { type: 'Organization' } } },
    gets: ({ payload }) =>
      JSON.stringify(at(payload, 'repository.topics')) === '[]' &&
      at(payload, 'repository.owner.type') === 'Organization',
  },
  changed_before_2019: {
    events: ['github.*'],
    filter: { payload: { 'repository.pushed_at': { $lt: '2019' }, changes: { $exists: true } } },
    gets: ({ payload }) => {
      const pushedAt = at(payload, 'repository.pushed_at');
      return typeof pushedAt === 'string' && pushedAt < '2019' && payload['changes'] !== undefined;
    },
  },
};
