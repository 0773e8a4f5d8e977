import {
  Button,
  Group,
  Modal,
  NumberInput,
  SegmentedControl,
  Select,
  Stack,
  Switch,
  Text,
  TextInput,
} from '@mantine/core';
import { useForm, type UseFormReturnType } from '@mantine/form';
import { ErrorNotice } from '../../../components/ErrorNotice';
import type { ClassBalance, LibRunFragment } from '../../../gql/operations';
import type { MutationErrorLike } from '../../../lib/mutationErrors';
import {
  balanceWords,
  estimateOf,
  faultsOf,
  freshForm,
  type NetworkRecipe,
  trainingOf,
  type TrainForm,
} from './trainForm';

interface Props {
  /** Labelled images. */
  labels: number;
  /** Newest first: what was measured tells how long it will take. */
  runs: readonly LibRunFragment[];
  starting: boolean;
  failure: MutationErrorLike | Error | null;
  /** Resolves to whether it was started. */
  onStart: (recipe: NetworkRecipe, training: ReturnType<typeof trainingOf>) => Promise<boolean>;
  onClose: () => void;
}

const recipes = [
  { value: 'FINETUNE', label: 'Fine-tune' },
  { value: 'SCRATCH', label: 'From scratch' },
];
const about: Record<NetworkRecipe, string> = {
  FINETUNE:
    'Goes on training the last blocks of the backbone on your labels. It pays once there are some hundred.',
  SCRATCH:
    'Trains AlexNet from nothing, on your labels alone. It wants thousands of them; a backbone nearly always does better.',
};

/** How a network is to be trained. Mounted when it opens. */
export function TrainDialog({ labels, runs, starting, failure, onStart, onClose }: Props) {
  const form = useForm({ initialValues: freshForm('FINETUNE'), validate: faultsOf });
  const { recipe } = form.values;
  const choose = (value: string) => form.setValues(freshForm(value as NetworkRecipe));
  const submit = form.onSubmit(async (values) => {
    if (await onStart(values.recipe, trainingOf(values))) onClose();
  });
  return (
    <Modal opened onClose={onClose} title="Train a network" size="lg">
      <form onSubmit={(event) => submit(event)} noValidate>
        <Stack gap="md">
          <Stack gap={6}>
            <SegmentedControl aria-label="Recipe" data={recipes} value={recipe} onChange={choose} />
            <Text size="sm" c="dimmed">
              {about[recipe]}
            </Text>
          </Stack>
          <Group grow align="start">
            <NumberInput
              label="Epochs"
              min={1}
              allowDecimal={false}
              {...form.getInputProps('epochs')}
            />
            <NumberInput
              label="Learning rate"
              step={0.001}
              {...form.getInputProps('learningRate')}
            />
          </Group>
          <Group grow align="start">
            <NumberInput
              label="Turn images by up to"
              suffix="°"
              min={0}
              {...form.getInputProps('rotationDegrees')}
            />
            <NumberInput
              label="Scale images by up to"
              suffix=" %"
              min={0}
              {...form.getInputProps('zoomPercent')}
            />
          </Group>
          <Switch
            label="Mirror half of the images"
            {...form.getInputProps('flip', { type: 'checkbox' })}
          />
          <Select
            label="Classes with few labels"
            data={Object.entries(balanceWords).map(([value, label]) => ({ value, label }))}
            value={form.values.balance}
            onChange={(value) => form.setFieldValue('balance', (value ?? 'NONE') as ClassBalance)}
            allowDeselect={false}
          />
          {recipe === 'FINETUNE' && (
            <TextInput
              label="Train from this block on"
              description="A layer’s name or its beginning, as block_13; without, about the last sixth"
              {...form.getInputProps('fromBlock')}
            />
          )}
          <Switch
            label="Go on from the last network of this recipe"
            description="With its weights in place of fresh ones"
            {...form.getInputProps('continueLast', { type: 'checkbox' })}
          />
          {form.values.continueLast && <ContinueFields form={form} />}
          <Text size="sm" role="note">
            {estimateOf(form.values, labels, runs)}
          </Text>
          <ErrorNotice error={failure} title="It was not started" />
          <Group justify="flex-end" gap="xs">
            <Button variant="subtle" color="gray" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={starting}>
              Start training
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

/** How to go on: on which images, and from how much of the last weights. */
function ContinueFields({ form }: { form: UseFormReturnType<TrainForm> }) {
  return (
    <>
      <NumberInput
        label="Old images per new one"
        description="New are those labelled since that network was trained; without, all images alike"
        placeholder="All"
        min={0}
        step={0.5}
        {...form.getInputProps('replayRatio')}
      />
      <Group grow align="start">
        <NumberInput
          label="Keep of its weights"
          suffix=" %"
          min={0}
          {...form.getInputProps('shrinkPercent')}
        />
        <NumberInput
          label="Noise on its weights"
          suffix=" %"
          min={0}
          {...form.getInputProps('perturbPercent')}
        />
      </Group>
    </>
  );
}
