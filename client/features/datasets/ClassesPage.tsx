import { useQuery } from '@apollo/client/react';
import { Alert, Button, Collapse, Container, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconTags } from '@tabler/icons-react';
import { EmptyState } from '../../components/EmptyState';
import { ErrorNotice } from '../../components/ErrorNotice';
import { LoadingPage } from '../../components/LoadingPage';
import { PageHeader } from '../../components/PageHeader';
import { ClassesPageDocument } from '../../gql/operations';
import { useDatasetId } from '../../lib/datasetPaths';
import { formatQuantity } from '../../lib/format';
import { useLiveActivity } from '../../lib/live';
import { AddClassForm } from './AddClassForm';
import { ArchivedClasses } from './ArchivedClasses';
import { ClassList } from './ClassList';
import { useClassEditing } from './useClassEditing';

export default function ClassesPage() {
  const datasetId = useDatasetId();
  const { data, error, refetch } = useQuery(ClassesPageDocument, { variables: { datasetId } });
  useLiveActivity(datasetId);
  const dataset = data?.dataset;
  const editing = useClassEditing(dataset ?? null);
  const [showArchived, archived] = useDisclosure(false);
  if (error && !data) return <ErrorNotice error={error} onRetry={() => void refetch()} />;
  if (!dataset) return <LoadingPage />;
  const archivedClasses = dataset.all.filter((each) => each.archived);
  return (
    <Container size="md" p="lg">
      <PageHeader
        title="Classes"
        description="Drag to reorder. Annotators see this order and these hotkeys."
      />
      <Stack gap="lg">
        {editing.failure && (
          <Alert color="red" variant="light" role="alert" withCloseButton onClose={editing.dismiss}>
            {editing.failure}
          </Alert>
        )}
        <AddClassForm classes={dataset.all} onAdd={editing.add} />
        {editing.classes.length > 0 ? (
          <ClassList classes={editing.classes} editing={editing} />
        ) : (
          <EmptyState icon={IconTags} title="No classes yet">
            Type a name above and press Enter, or paste a list.
          </EmptyState>
        )}
        {archivedClasses.length > 0 && (
          <div>
            <Button
              variant="subtle"
              color="gray"
              onClick={archived.toggle}
              aria-expanded={showArchived}
            >
              {formatQuantity(archivedClasses.length, 'archived class', 'archived classes')}
            </Button>
            <Collapse expanded={showArchived}>
              <Text size="sm" c="dimmed" py="xs">
                Archived classes keep their labels but are not offered as answers.
              </Text>
              <ArchivedClasses classes={archivedClasses} onRestore={editing.restore} />
            </Collapse>
          </div>
        )}
      </Stack>
    </Container>
  );
}
