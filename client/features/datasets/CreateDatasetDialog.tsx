import { useMutation } from '@apollo/client/react';
import {
  Alert,
  Button,
  Group,
  Modal,
  NumberInput,
  Stack,
  Text,
  Textarea,
  TextInput,
} from '@mantine/core';
import { useForm } from '@mantine/form';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { DatasetsCreateDocument } from '../../gql/operations';
import { datasetPaths } from '../../lib/datasetPaths';
import { parseClassNames } from './classNames';

interface Props {
  opened: boolean;
  onClose: () => void;
}

const initialValues = { name: '', classes: '', autoRetrainAfter: 20 as number | string };

function useCreate(onClose: () => void) {
  const navigate = useNavigate();
  const [create, { loading }] = useMutation(DatasetsCreateDocument);
  const [failure, setFailure] = useState<string | null>(null);
  const form = useForm({
    initialValues,
    validate: { name: (name) => (name.trim() ? null : 'Give the dataset a name.') },
  });
  const submit = form.onSubmit(async ({ name, classes, autoRetrainAfter }) => {
    setFailure(null);
    const input = {
      name: name.trim(),
      classNames: parseClassNames(classes).names,
      autoRetrainAfter: Number(autoRetrainAfter) || 0,
    };
    const { data, error } = await create({ variables: { input }, errorPolicy: 'all' });
    const payload = data?.createDataset;
    if (payload?.dataset) {
      form.reset();
      onClose();
      return void navigate(datasetPaths.upload(payload.dataset.id));
    }
    const message =
      payload?.error?.message ?? error?.message ?? 'The dataset could not be created. Try again.';
    const field = payload?.error && 'field' in payload.error ? payload.error.field : '';
    if (field.endsWith('name')) form.setFieldError('name', message);
    else if (field.includes('class')) form.setFieldError('classes', message);
    else setFailure(message);
  });
  return {
    form,
    submit: (event: React.FormEvent<HTMLFormElement>) => submit(event),
    loading,
    failure,
  };
}

function classesHint(text: string): string {
  const { names, repeated } = parseClassNames(text);
  if (names.length === 0) return 'You can add classes later, or create them from folders.';
  const count = names.length === 1 ? '1 class' : `${names.length} classes`;
  return repeated.length > 0 ? `${count}; duplicates: ${repeated.join(', ')}` : count;
}

export function CreateDatasetDialog({ opened, onClose }: Props) {
  const { form, submit, loading, failure } = useCreate(onClose);
  return (
    <Modal opened={opened} onClose={onClose} title="New dataset">
      <form onSubmit={submit} noValidate>
        <Stack gap="md">
          <TextInput
            label="Name"
            placeholder="Street signs"
            required
            data-autofocus
            {...form.getInputProps('name')}
          />
          <Textarea
            label="Classes"
            description="One per line, or separated by commas"
            placeholder={'stop\nyield\nspeed limit'}
            autosize
            minRows={4}
            maxRows={12}
            {...form.getInputProps('classes')}
          />
          <Text size="xs" c="dimmed" mt={-8} aria-live="polite">
            {classesHint(form.values.classes)}
          </Text>
          <NumberInput
            label="Retrain after this many new labels"
            description="Starts a retrain run automatically; 0 turns this off"
            min={0}
            max={100_000}
            allowDecimal={false}
            {...form.getInputProps('autoRetrainAfter')}
          />
          {failure && (
            <Alert color="red" variant="light" role="alert">
              {failure}
            </Alert>
          )}
          <Group justify="flex-end" gap="xs">
            <Button variant="subtle" color="gray" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={loading}>
              Create dataset
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
