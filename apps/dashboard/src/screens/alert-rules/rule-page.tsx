import { Button } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { alertrulesCreate, alertrulesRemove, alertrulesUpdate } from '@breakwater/client/functions';
import type { AlertRuleDto } from '@breakwater/client';
import { alertrulesGetOptions } from '@breakwater/client/queries';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate, useParams } from '@tanstack/react-router';
import { Trash2 } from 'lucide-react';
import { useState } from 'react';
import { useLinks } from '../../session/use-links.js';
import { Answer } from '../../show/answer.js';
import { ConfirmAct } from '../../show/confirm.js';
import { GoButton } from '../../show/go-button.js';
import { Page } from '../../show/page.js';
import { Panel } from '../../show/panel.js';
import { NEW_RULE } from '../alerts/alert-text.js';
import { changeOf, draftOf, newRuleOf } from './rule-draft.js';
import { RuleForm } from './rule-form.js';
import { RuleHistory } from './rule-history.js';
import { RuleMute } from './rule-mute.js';
import { RuleState } from './rule-state.js';
import { RuleTest } from './rule-test.js';

/** Makes a rule. */
export function NewAlertRule() {
  const links = useLinks();
  const navigate = useNavigate();
  const [draft, setDraft] = useState(NEW_RULE);
  const saving = useMutation({
    mutationFn: async () => (await alertrulesCreate({ body: newRuleOf(draft), throwOnError: true })).data,
    onSuccess: async (rule) => {
      notifications.show({ message: `The rule "${rule.name}" was created.`, color: 'teal', role: 'status' });
      await navigate({ to: links.alertRule(rule.id) });
    },
  });
  return (
    <Page
      title="New alert rule"
      above={[
        { title: 'Alerts', to: links.alerts() },
        { title: 'Alert rules', to: links.alertRules },
      ]}
    >
      <Panel title="Rule">
        <RuleForm
          draft={draft}
          onChange={setDraft}
          isNew
          isSaving={saving.isPending}
          error={saving.error}
          onSave={() => saving.mutate()}
        />
      </Panel>
      <RuleTest draft={draft} />
    </Page>
  );
}

/** A rule: what it would do, its fields, its history. */
export function AlertRulePage() {
  const { ruleId } = useParams({ strict: false }) as { ruleId: string };
  const links = useLinks();
  const rule = useQuery({ ...alertrulesGetOptions({ path: { id: ruleId } }), refetchInterval: false });
  return (
    <Page
      title={rule.data?.name ?? 'Alert rule'}
      above={[
        { title: 'Alerts', to: links.alerts() },
        { title: 'Alert rules', to: links.alertRules },
      ]}
      mark={rule.data ? <RuleState rule={rule.data} /> : null}
      actions={
        rule.data ? (
          <>
            <GoButton to={links.alerts({ ruleId })}>Its alerts</GoButton>
            <RuleMute rule={rule.data} />
            <Remove rule={rule.data} />
          </>
        ) : null
      }
    >
      <Answer query={rule} what="alert rules" height={320}>
        {(known) => (
          <>
            <Edit key={known.updatedAt} rule={known} />
            <RuleHistory ruleId={known.id} />
          </>
        )}
      </Answer>
    </Page>
  );
}

function Edit({ rule }: { rule: AlertRuleDto }) {
  const queries = useQueryClient();
  const [draft, setDraft] = useState(() => draftOf(rule));
  const saving = useMutation({
    mutationFn: () => alertrulesUpdate({ path: { id: rule.id }, body: changeOf(draft) }),
    onSuccess: async () => {
      notifications.show({ message: `The rule "${draft.name}" was saved.`, color: 'teal', role: 'status' });
      await queries.invalidateQueries();
    },
  });
  return (
    <>
      <Panel title="Rule">
        <RuleForm
          draft={draft}
          onChange={setDraft}
          isNew={false}
          isSaving={saving.isPending}
          error={saving.error}
          onSave={() => saving.mutate()}
        />
      </Panel>
      <RuleTest draft={draft} />
    </>
  );
}

function Remove({ rule }: { rule: AlertRuleDto }) {
  const [isAsked, ask] = useState(false);
  const links = useLinks();
  const navigate = useNavigate();
  return (
    <>
      <Button
        variant="default"
        size="xs"
        leftSection={<Trash2 size={14} aria-hidden />}
        onClick={() => ask(true)}
      >
        Delete
      </Button>
      <ConfirmAct
        isOpen={isAsked}
        onClose={() => ask(false)}
        title={`Delete the rule "${rule.name}"?`}
        effect="Its open alerts end and nobody is notified of that. Its alerts stay in the list. This cannot be undone."
        verb="Delete"
        isDangerous
        run={async () => {
          await alertrulesRemove({ path: { id: rule.id } });
          await navigate({ to: links.alertRules });
        }}
        done={() => `The rule "${rule.name}" was deleted.`}
      />
    </>
  );
}
