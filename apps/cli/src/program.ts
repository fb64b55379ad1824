import { Command, Option } from 'commander';
import manifest from '../../../package.json' with { type: 'json' };
import { addAlertCommands } from './commands/alerts.js';
import { addAlertRuleCommands } from './commands/alert-rules.js';
import { addAppCommands } from './commands/apps.js';
import { addApprovalCommands } from './commands/approvals.js';
import { addAuditCommand } from './commands/audit.js';
import { addBreakerCommands } from './commands/breakers.js';
import { addCompletionCommand } from './commands/completion.js';
import { addCertificateCommands } from './commands/certificates.js';
import { addBulkCommands } from './commands/bulk.js';
import { addConformanceRunCommands } from './commands/conformance-runs.js';
import { addConformanceCommand } from './commands/conformance.js';
import { addDeadLetterCommands } from './commands/dead-letters.js';
import { addDeadLetterGroupCommands } from './commands/dead-letter-groups.js';
import { addDeliveryCommands } from './commands/deliveries.js';
import { addDoctorCommand } from './commands/doctor.js';
import { addEventTypeCommands } from './commands/event-types.js';
import { addEventCommands } from './commands/events.js';
import { addFeedCommand } from './commands/feed.js';
import { addHealthCommands } from './commands/health.js';
import { addHoldCommands } from './commands/holds.js';
import { addInstallationCommands } from './commands/installation.js';
import { addInvokeCommand } from './commands/invoke.js';
import { addKeyCommands } from './commands/keys.js';
import { addListenCommand } from './commands/listen.js';
import { addMaintenanceCommand } from './commands/maintenance.js';
import { addManifestCommands } from './commands/manifests.js';
import { addNumberCommands } from './commands/numbers.js';
import { addPortalCommands } from './commands/portal.js';
import { addSignatureCommands } from './commands/signatures.js';
import { addSourceTargetCommands } from './commands/source-targets.js';
import { addSourceCommands } from './commands/sources.js';
import { addSubscriptionTestCommands } from './commands/subscription-tests.js';
import { addSubscriptionCommands } from './commands/subscriptions.js';
import { addProfileCommands } from './commands/profiles.js';
import { addTriggerCommands } from './commands/trigger.js';
import { addWebhookKeyCommands } from './commands/webhook-keys.js';
import { addReplayCommand } from './commands/replay.js';
import { addProfileOptions, useProfile } from './profiles/use-profile.js';
import type { Output } from './session.service.js';

const { version } = manifest;

type Add = (program: Command, output: Output) => void;

/** The commands as the help shows them. Some add to commands that are added before them. */
const GROUPS: readonly (readonly [title: string, add: readonly Add[]])[] = [
  [
    'Try and build',
    [
      addListenCommand,
      addTriggerCommands,
      addFeedCommand,
      addSignatureCommands,
      addConformanceCommand,
      addConformanceRunCommands,
    ],
  ],
  ['Apps', [addManifestCommands, addAppCommands, addHoldCommands, addInvokeCommand, addCertificateCommands]],
  [
    'Events',
    [
      addEventCommands,
      addReplayCommand,
      addEventTypeCommands,
      addSubscriptionCommands,
      addSubscriptionTestCommands,
    ],
  ],
  [
    'Deliveries',
    [
      addDeliveryCommands,
      addDeadLetterCommands,
      addDeadLetterGroupCommands,
      addBulkCommands,
      addBreakerCommands,
      addApprovalCommands,
    ],
  ],
  [
    'Webhooks of others',
    [(program, output) => addSourceTargetCommands(addSourceCommands(program, output), output)],
  ],
  ['Watch', [addNumberCommands, addHealthCommands, addAlertCommands, addAlertRuleCommands, addAuditCommand]],
  ['Keys', [addProfileCommands, addKeyCommands, addPortalCommands, addWebhookKeyCommands]],
  ['Installation', [addDoctorCommand, addInstallationCommands, addMaintenanceCommand, addCompletionCommand]],
];

/** The command line's grammar. */
export function createProgram(output: Output): Command {
  const program = new Command('breakwater')
    .description(
      'Does over the REST API what the API can do: manifests, calls, events, deliveries, dead letters, breakers and more.',
    )
    .addOption(
      new Option('--url <url>', 'URL of the API').env('BREAKWATER_URL').default('http://localhost:3000'),
    )
    .addOption(new Option('--key <key>', 'API key').env('BREAKWATER_API_KEY'))
    .version(version, '--version', 'print the version of this command line')
    .option('--json', 'print the API’s answer unchanged');
  addProfileOptions(program);
  for (const [title, add] of GROUPS) {
    program.commandsGroup(`${title}:`);
    for (const each of add) each(program, output);
  }
  return program.hook('preAction', (_, command) => useProfile(program, command));
}
