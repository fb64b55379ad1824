import { sourcesCreate, type CreateSourceDto, type SourceWithSecretDto } from '@breakwater/client/functions';
import { sourcepresetsListOptions } from '@breakwater/client/queries';
import {
  Alert,
  Autocomplete,
  Button,
  Checkbox,
  Group,
  PasswordInput,
  Stack,
  Text,
  TextInput,
} from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { messageOf } from '../../data/api-error.js';
import { useLinks } from '../../session/use-links.js';
import { Failed } from '../../show/answer.js';
import { Copied } from '../../show/code-view.js';
import { Dialog } from '../../show/dialog.js';

/** Makes a source for a provider, with one target. */
export function NewSource({ appId, onClose }: { appId: string; onClose: () => void }) {
  const presets = useQuery({
    ...sourcepresetsListOptions(),
    staleTime: Number.POSITIVE_INFINITY,
    refetchInterval: false,
  });
  const queries = useQueryClient();
  const [name, setName] = useState('');
  const [preset, setPreset] = useState('none');
  const [secret, setSecret] = useState('');
  const [isGenerated, setGenerated] = useState(false);
  const [target, setTarget] = useState('');
  const chosen = presets.data?.items.find((one) => one.name === preset);
  const create = useMutation({
    mutationFn: async () => {
      const body: CreateSourceDto = {
        name: name.trim(),
        verification: { preset: preset.trim() },
        ...(secret === '' ? {} : { secret }),
        ...(isGenerated ? { generateSecret: true } : {}),
        ...(target.trim() === '' ? {} : { targets: [{ name: 'default', url: target.trim() }] }),
      };
      return (await sourcesCreate({ path: { appId }, body, throwOnError: true })).data;
    },
    onSuccess: () => void queries.invalidateQueries(),
  });
  return (
    <Dialog
      opened
      onClose={onClose}
      title={create.data ? `${create.data.name} is ready` : 'New source'}
      size="lg"
    >
      {create.data ? (
        <Created appId={appId} source={create.data} onClose={onClose} />
      ) : (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            if (!create.isPending) create.mutate();
          }}
        >
          <Stack gap="sm">
            <TextInput
              label="Name"
              description="Lower-case letters, digits, _ and -. Its events have the type inbound. and this name."
              required
              data-autofocus
              value={name}
              onChange={(event) => setName(event.currentTarget.value)}
              error={messageOf(create.error, 'name')}
            />
            <Autocomplete
              label="Provider"
              description="Whose signatures are verified; none accepts every request."
              required
              data={[
                'none',
                ...(presets.data?.items.map((one) => one.name).filter((one) => one !== 'none') ?? []),
              ]}
              value={preset}
              onChange={setPreset}
              error={
                messageOf(create.error, 'verification') ?? messageOf(create.error, 'verification/preset')
              }
            />
            {chosen?.takesSecret ? (
              <>
                <PasswordInput
                  label="Secret"
                  description={chosen.secretHint}
                  autoComplete="off"
                  disabled={isGenerated}
                  value={secret}
                  onChange={(event) => setSecret(event.currentTarget.value)}
                  error={messageOf(create.error, 'secret')}
                  visibilityToggleButtonProps={{ 'aria-label': 'Show the secret' }}
                />
                <Checkbox
                  label="Make a secret, to be pasted at the provider"
                  checked={isGenerated}
                  onChange={(event) => {
                    setGenerated(event.currentTarget.checked);
                    setSecret('');
                  }}
                />
              </>
            ) : null}
            <TextInput
              label="Target"
              description="Where requests are forwarded: an absolute URL, or a path that is appended to the app's base URL. More targets can be added later."
              value={target}
              onChange={(event) => setTarget(event.currentTarget.value)}
              error={messageOf(create.error, 'targets/0/url')}
            />
            {create.error ? <Failed error={create.error} /> : null}
            <Group justify="flex-end">
              <Button variant="default" onClick={onClose}>
                Cancel
              </Button>
              <Button type="submit" loading={create.isPending} disabled={name.trim() === ''}>
                Make the source
              </Button>
            </Group>
          </Stack>
        </form>
      )}
    </Dialog>
  );
}

function Created({
  appId,
  source,
  onClose,
}: {
  appId: string;
  source: SourceWithSecretDto;
  onClose: () => void;
}) {
  const navigate = useNavigate();
  const links = useLinks();
  const { url, setup } = source;
  const secret = source.secret ?? null;
  return (
    <Stack>
      {url ? (
        <div>
          <Text fw={600}>Address</Text>
          <Group gap={4}>
            <span className="mono breakable">{url}</span>
            <Copied text={url} what="address" />
          </Group>
        </div>
      ) : null}
      {secret ? (
        <Alert title="The secret is shown only now" color="yellow" variant="outline">
          <Group gap={4}>
            <span className="mono breakable">{secret}</span>
            <Copied text={secret} what="secret" />
          </Group>
        </Alert>
      ) : null}
      {setup ? (
        <div>
          <Text fw={600}>{`At ${setup.title}`}</Text>
          <Text size="sm">{setup.where}</Text>
          <Text size="sm">{setup.paste}</Text>
        </div>
      ) : null}
      <Button
        onClick={() => {
          onClose();
          void navigate({ to: links.source(appId, source.name) });
        }}
      >
        Wait for the first request
      </Button>
    </Stack>
  );
}
