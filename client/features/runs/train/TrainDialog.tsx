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
  timeEstimate,
  errorsOf,
  defaultForm,
  type NetworkRecipe,
  trainingInput,
  type TrainForm,
} from './trainForm';

interface Props {
  /** Number of labelled images. */
  labels: number;
  /** Earlier runs, newest first. Their speed gives the time estimate. */
  runs: readonly LibRunFragment[];
  starting: boolean;
  failure: MutationErrorLike | Error | null;
  /** Resolves to whether the run was started. */
  onStart: (recipe: NetworkRecipe, training: ReturnType<typeof trainingInput>) => Promise<boolean>;
  onClose: () => void;
}

const recipes = [
  { value: 'FINETUNE', label: 'Fine-tune' },
  { value: 'SCRATCH', label: 'From scratch' },
];
const recipeHelp: Record<NetworkRecipe, string> = {
  FINETUNE:
    'Trains the last blocks of the backbone on your labels. It helps from a few hundred labels on.',
  SCRATCH:
    'Trains AlexNet on your labels alone. It needs thousands of labels, and a backbone is nearly always better.',
};

/** Asks how to train a network. Mounted when it opens, so that it starts with the defaults. */
export function TrainDialog({ labels, runs, starting, failure, onStart, onClose }: Props) {
  const form = useForm({ initialValues: defaultForm('FINETUNE'), validate: errorsOf });
  const { recipe } = form.values;
  const choose = (value: string) => form.setValues(defaultForm(value as NetworkRecipe));
  const submit = form.onSubmit(async (values) => {
    if (await onStart(values.recipe, trainingInput(values))) onClose();
  });
  return (
    <Modal opened onClose={onClose} title="Train a network" size="lg">
      <form onSubmit={(event) => submit(event)} noValidate>
        <Stack gap="md">
          <Stack gap={6}>
            <SegmentedControl aria-label="Recipe" data={recipes} value={recipe} onChange={choose} />
            <Text size="sm" c="dimmed">
              {recipeHelp[recipe]}
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
              label="Maximum rotation"
              suffix="°"
              min={0}
              {...form.getInputProps('rotationDegrees')}
            />
            <NumberInput
              label="Maximum zoom"
              suffix=" %"
              min={0}
              {...form.getInputProps('zoomPercent')}
            />
          </Group>
          <Switch
            label="Flip half of the images"
            {...form.getInputProps('flip', { type: 'checkbox' })}
          />
          <Select
            label="Class balance"
            data={Object.entries(balanceWords).map(([value, label]) => ({ value, label }))}
            value={form.values.balance}
            onChange={(value) => form.setFieldValue('balance', (value ?? 'NONE') as ClassBalance)}
            allowDeselect={false}
          />
          {recipe === 'FINETUNE' && (
            <TextInput
              label="First trained block"
              description="Name or prefix of a layer, for example block_13. If empty, about the last sixth is trained."
              {...form.getInputProps('fromBlock')}
            />
          )}
          <Switch
            label="Continue from the last network"
            description="Starts with the weights of the last network that this recipe trained"
            {...form.getInputProps('continueLast', { type: 'checkbox' })}
          />
          {form.values.continueLast && <ContinueFields form={form} />}
          <Text size="sm" role="note">
            {timeEstimate(form.values, labels, runs)}
          </Text>
          <ErrorNotice error={failure} title="The run was not started" />
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

/** Fields for training that continues from the last network. */
function ContinueFields({ form }: { form: UseFormReturnType<TrainForm> }) {
  return (
    <>
      <NumberInput
        label="Old images per new image"
        description="New images were labelled since that network was trained. If empty, all images count the same."
        placeholder="All"
        min={0}
        step={0.5}
        {...form.getInputProps('replayRatio')}
      />
      <Group grow align="start">
        <NumberInput
          label="Weight scale"
          suffix=" %"
          min={0}
          {...form.getInputProps('shrinkPercent')}
        />
        <NumberInput
          label="Weight noise"
          suffix=" %"
          min={0}
          {...form.getInputProps('perturbPercent')}
        />
      </Group>
    </>
  );
}
