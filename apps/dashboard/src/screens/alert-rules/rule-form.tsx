import {
  Button,
  Checkbox,
  Group,
  NativeSelect,
  NumberInput,
  SimpleGrid,
  Stack,
  Switch,
  Text,
  TextInput,
} from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { ApiError, messageOf } from '../../data/api-error.js';
import { Failed } from '../../show/answer.js';
import {
  channelName,
  CHANNELS,
  ruleSentence,
  thresholdProblem,
  TRAITS,
  TYPES,
  type AlertType,
  type RuleDraft,
} from '../alerts/alert-text.js';
import { withType } from './rule-draft.js';

const MINUTE_MS = 60_000;
const WINDOWS = [
  { value: '60000', label: '1 min' },
  { value: '300000', label: '5 min' },
  { value: '900000', label: '15 min' },
  { value: '3600000', label: '1 h' },
  { value: '21600000', label: '6 h' },
  { value: '86400000', label: '24 h' },
  { value: '604800000', label: '7 d' },
];

interface Props {
  draft: RuleDraft;
  onChange: (draft: RuleDraft) => void;
  /** What it watches can be chosen only while it is made. */
  isNew: boolean;
  isSaving: boolean;
  error: unknown;
  onSave: () => void;
}

/** The fields of a rule, with the sentence that they make. */
export function RuleForm({ draft, onChange, isNew, isSaving, error, onSave }: Props) {
  const traits = TRAITS[draft.type];
  const set = (change: Partial<RuleDraft>): void => onChange({ ...draft, ...change });
  const [isTried, setTried] = useState(false);
  const wrong = {
    name: draft.name.trim() === '' ? 'Give it a name.' : null,
    threshold: thresholdProblem(draft),
  };
  function submit(event: FormEvent): void {
    event.preventDefault();
    setTried(true);
    if (wrong.name === null && wrong.threshold === null) onSave();
  }
  const isAboutFields = error instanceof ApiError && error.problems.length > 0;
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="sm">
        <Text
          p="sm"
          style={{ background: 'var(--tone-info-surface)', color: 'var(--tone-info)', borderRadius: 6 }}
          data-sentence
        >
          {ruleSentence(draft)}
        </Text>
        <TextInput
          label="Name"
          required
          maxLength={200}
          value={draft.name}
          onChange={({ currentTarget: { value } }) => set({ name: value })}
          error={messageOf(error, 'name') ?? (isTried ? wrong.name : null)}
        />
        <SimpleGrid cols={{ base: 1, sm: 3 }}>
          <NativeSelect
            label="Watches"
            disabled={!isNew}
            description={isNew ? 'Cannot be changed later.' : 'Cannot be changed.'}
            value={draft.type}
            data={TYPES.map((type) => ({ value: type, label: TRAITS[type].title }))}
            onChange={({ currentTarget: { value } }) => onChange(withType(draft, value as AlertType))}
          />
          <TextInput
            label="App"
            description={isNew ? 'Its id.' : 'Cannot be changed.'}
            placeholder="each app"
            disabled={!isNew}
            value={draft.appId}
            onChange={({ currentTarget: { value } }) => set({ appId: value })}
            error={messageOf(error, 'appId')}
          />
          <TextInput
            label="Capability"
            placeholder="the app as a whole"
            description={isNew ? '* for each of its capabilities.' : 'Cannot be changed.'}
            disabled={!isNew || draft.type === 'app_health'}
            value={draft.capability}
            onChange={({ currentTarget: { value } }) => set({ capability: value })}
            error={messageOf(error, 'capability')}
          />
        </SimpleGrid>
        <SimpleGrid cols={{ base: 1, sm: 3 }}>
          <NumberInput
            label={`Threshold${traits.unit === '' ? '' : ` (${traits.unit.trim()})`}`}
            required
            allowDecimal={!traits.isWhole}
            hideControls
            value={Number.isNaN(draft.threshold) ? '' : draft.threshold}
            onChange={(value) => set({ threshold: value === '' ? Number.NaN : Number(value) })}
            error={messageOf(error, 'threshold') ?? wrong.threshold}
          />
          {traits.isSampled ? (
            <>
              <NativeSelect
                label="Over the last"
                value={String(draft.windowMs)}
                data={windowsWith(draft.windowMs)}
                onChange={({ currentTarget: { value } }) => set({ windowMs: Number(value) })}
              />
              <NumberInput
                label="With at least so many calls"
                min={1}
                max={1_000_000}
                allowDecimal={false}
                hideControls
                value={draft.minSamples}
                onChange={(value) => set({ minSamples: Number(value) || 1 })}
                error={messageOf(error, 'minSamples')}
              />
            </>
          ) : null}
        </SimpleGrid>
        <SimpleGrid cols={{ base: 1, sm: 2 }}>
          <Checkbox.Group
            label="Channels"
            description="None: every configured one."
            value={[...draft.channels]}
            onChange={(channels) => set({ channels })}
          >
            <Group gap="md" mt={6}>
              {CHANNELS.map((channel) => (
                <Checkbox key={channel} value={channel} label={channelName(channel)} size="sm" />
              ))}
            </Group>
          </Checkbox.Group>
          <NumberInput
            label="At most one notice in (minutes)"
            description="For each app or capability. 0: each time."
            min={0}
            max={10_080}
            hideControls
            value={draft.cooldownSeconds / 60}
            onChange={(value) => set({ cooldownSeconds: Math.round(Number(value) * 60) })}
            error={messageOf(error, 'cooldownSeconds')}
          />
        </SimpleGrid>
        <Switch
          label="Switched on"
          checked={draft.enabled}
          onChange={({ currentTarget: { checked } }) => set({ enabled: checked })}
        />
        {error && !isAboutFields ? <Failed error={error} /> : null}
        <Group>
          <Button type="submit" loading={isSaving}>
            {isNew ? 'Create rule' : 'Save'}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

/** The usual lengths, and the one that the rule has. */
function windowsWith(windowMs: number): { value: string; label: string }[] {
  const own = String(windowMs);
  return WINDOWS.some(({ value }) => value === own)
    ? WINDOWS
    : [...WINDOWS, { value: own, label: `${Math.round(windowMs / MINUTE_MS)} min` }];
}
