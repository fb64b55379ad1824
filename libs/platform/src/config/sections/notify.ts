import { signingSecret, url } from '../kinds.js';
import { Setting } from '../setting.js';

/** Where notices are sent besides mail. The addresses are secrets: anyone who has one can write there. */
export class NotifyConfig {
  static readonly title = 'Notifications';

  @Setting('NOTIFY_SLACK_URL', url('https', 'http'), 'Slack’s incoming webhook for notices.', {
    secret: true,
  })
  readonly slackUrl?: string;

  @Setting('NOTIFY_DISCORD_URL', url('https', 'http'), 'Discord’s webhook for notices.', { secret: true })
  readonly discordUrl?: string;

  @Setting('NOTIFY_WEBHOOK_URL', url('https', 'http'), 'Gets every notice as JSON.', { secret: true })
  readonly webhookUrl?: string;

  @Setting(
    'NOTIFY_WEBHOOK_SECRET',
    signingSecret,
    'Signs calls of `NOTIFY_WEBHOOK_URL` by Standard Webhooks.',
    { secret: true },
  )
  readonly webhookSecret?: string;
}
