import { Button, Paper, Stack, Text, TextInput, Title } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useDocumentTitle } from '@mantine/hooks';
import { limits } from '../../../shared/limits';
import { ErrorNotice } from '../../components/ErrorNotice';
import { Logo } from '../../components/Logo';
import type { MutationErrorLike } from '../../lib/mutationErrors';
import classes from './SignInPage.module.css';

export interface SignInPageProps {
  onSignIn: (name: string) => void;
  loading: boolean;
  error: MutationErrorLike | Error | null | undefined;
}

/** The sign-in page. It needs only a name. */
export default function SignInPage({ onSignIn, loading, error }: SignInPageProps) {
  useDocumentTitle('Sign in · Labelloop');
  const form = useForm({
    initialValues: { name: '' },
    validate: {
      name: (name) => (name.trim() ? null : 'Enter your name. It is shown with your labels.'),
    },
  });
  return (
    <main className={classes.page}>
      <Paper withBorder radius="lg" p="xl" className={classes.card}>
        <form onSubmit={form.onSubmit(({ name }) => onSignIn(name.trim()))} noValidate>
          <Stack gap="lg">
            <Logo size={36} />
            <div>
              <Title order={1} size="h2">
                Welcome to Labelloop
              </Title>
              <Text c="dimmed" size="sm" mt={4}>
                Label images together while a model learns from every answer.
              </Text>
            </div>
            <ErrorNotice error={error} title="Could not sign in" />
            <TextInput
              label="Your name"
              placeholder="Ada Lovelace"
              autoComplete="name"
              autoFocus
              maxLength={limits.maxNameLength}
              size="md"
              {...form.getInputProps('name')}
            />
            <Button type="submit" size="md" loading={loading} fullWidth>
              Sign in
            </Button>
          </Stack>
        </form>
      </Paper>
    </main>
  );
}
