import { appsRegister, type RegistrationDto } from '@breakwater/client/functions';
import {
  Alert,
  Button,
  FileButton,
  Group,
  SegmentedControl,
  SimpleGrid,
  Skeleton,
  Stack,
  Text,
  TextInput,
} from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { lazy, Suspense, useMemo, useRef, useState } from 'react';
import { useLinks } from '../../session/use-links.js';
import { Failed } from '../../show/answer.js';
import { Copied } from '../../show/code-view.js';
import { Panel } from '../../show/panel.js';
import { ChangeList } from './change-list.js';
import { changesOf } from './changes.js';
import type { EditorHandle } from './editor.js';
import { Findings } from './findings.js';
import { notationOf, writeDraft, type Notation } from './manifest-text.js';
import { useManifestCheck } from './use-manifest-check.js';
import { Versions } from './versions.js';

const Editor = lazy(() => import('./editor.js').then((module) => ({ default: module.Editor })));

interface Props {
  /** Null: a new app. */
  appId: string | null;
  active: { version: number; document: unknown } | null;
  example?: string;
  schema: unknown;
  mayChange: boolean;
}

/** A manifest in the editor, with what is wrong with it and what it would change. */
export function ManifestForm({ appId, active, example = '', schema, mayChange }: Props) {
  const [text, setText] = useState(() => (active ? writeDraft(active.document, 'json') : example));
  const [newId, setNewId] = useState('');
  const [created, setCreated] = useState<RegistrationDto | null>(null);
  const editor = useRef<EditorHandle>(null);
  const checked = useManifestCheck(text);
  const changes = useMemo(
    () => changesOf(active?.document ?? null, checked.draft.value),
    [active, checked.draft.value],
  );
  const register = useRegister(appId, setCreated);
  const id = appId ?? newId.trim();
  const isChanged = active === null || changes.length > 0;

  function write(notation: Notation): void {
    if (checked.draft.value !== undefined) setText(writeDraft(checked.draft.value, notation));
  }
  if (created?.signingSecret) return <NewSecret registration={created} />;
  return (
    <Stack>
      {appId === null ? (
        <TextInput
          label="Id of the app"
          description="A letter or digit, then letters, digits, '.', '_' and '-'. It cannot be changed later."
          required
          value={newId}
          onChange={(event) => setNewId(event.currentTarget.value)}
          maw={420}
        />
      ) : null}
      <SimpleGrid cols={{ base: 1, md: 2 }} spacing="md">
        <Stack gap="xs" miw={0}>
          <Group justify="space-between" gap="xs">
            <SegmentedControl
              size="xs"
              aria-label="Notation"
              value={notationOf(text)}
              onChange={(notation) => write(notation)}
              data={[
                { value: 'json', label: 'JSON' },
                { value: 'yaml', label: 'YAML' },
              ]}
            />
            <Group gap={4}>
              <FileButton
                accept=".json,.yaml,.yml,application/json"
                onChange={(file) => void file?.text().then(setText)}
              >
                {(props) => (
                  <Button {...props} size="compact-sm" variant="default" disabled={!mayChange}>
                    Import
                  </Button>
                )}
              </FileButton>
              <Button
                size="compact-sm"
                variant="default"
                component="a"
                href={`data:application/json;charset=utf-8,${encodeURIComponent(text)}`}
                download={`${id || 'manifest'}.${notationOf(text)}`}
              >
                Download
              </Button>
              <Text size="xs" className="dimmed" component="span">
                CLI{' '}
                <Copied
                  text={`breakwater apply ${id || 'APP'} manifest.json`}
                  what="the command that registers it"
                />
              </Text>
            </Group>
          </Group>
          <Suspense fallback={<Skeleton height={320} />}>
            <Editor
              ref={editor}
              text={text}
              onChange={setText}
              findings={checked.findings}
              schema={schema as Record<string, unknown> | undefined}
              isReadOnly={!mayChange}
            />
          </Suspense>
        </Stack>
        <Stack miw={0}>
          <Panel title="Check">
            <Findings checked={checked} text={text} onJump={(offset) => editor.current?.jump(offset)} />
            {checked.error ? <Failed error={checked.error} /> : null}
          </Panel>
          <Panel title={active ? `Changes against version ${active.version}` : 'What it registers'}>
            <ChangeList changes={changes} />
          </Panel>
          {register.error ? <Failed error={register.error} /> : null}
          {mayChange ? (
            <Group>
              <Button
                disabled={!checked.isValid || !isChanged || id === ''}
                loading={register.isPending}
                onClick={() => register.mutate({ id, document: checked.draft.value })}
              >
                {active ? `Register as version ${active.version + 1}` : 'Register'}
              </Button>
              {active && isChanged ? (
                <Button
                  variant="default"
                  onClick={() => setText(writeDraft(active.document, notationOf(text)))}
                >
                  Discard changes
                </Button>
              ) : null}
            </Group>
          ) : null}
        </Stack>
      </SimpleGrid>
      {active && appId !== null ? (
        <Versions
          appId={appId}
          active={active.version}
          mayChange={mayChange}
          onOpen={(document) => {
            setText(writeDraft(document, notationOf(text)));
            editor.current?.jump(0);
          }}
        />
      ) : null}
    </Stack>
  );
}

function useRegister(appId: string | null, onCreated: (registration: RegistrationDto) => void) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async ({ id, document }: { id: string; document: unknown }) =>
      (await appsRegister({ path: { appId: id }, body: document as never, throwOnError: true })).data,
    onSuccess: (registration) => {
      void queries.invalidateQueries();
      if (appId === null && registration.signingSecret) return onCreated(registration);
      notifications.show({
        message: registration.changed
          ? `Version ${registration.version} of ${registration.appId} is in force.`
          : 'This manifest was already in force.',
        color: 'teal',
      });
    },
  });
}

function NewSecret({
  registration: { appId, signingSecret = '', version },
}: {
  registration: RegistrationDto;
}) {
  const navigate = useNavigate();
  const links = useLinks();
  return (
    <Stack maw={640}>
      <Alert title={`${appId} is registered, version ${version}`} color="teal" variant="outline">
        <Text size="sm">
          Its calls are signed with this secret. It is shown only now: put it into the app.
        </Text>
        <Group gap={4} mt="xs">
          <span className="mono breakable">{signingSecret}</span>
          <Copied text={signingSecret} what="the signing secret" />
        </Group>
      </Alert>
      <Button onClick={() => void navigate({ to: links.app(appId) })}>Go to the app</Button>
    </Stack>
  );
}
