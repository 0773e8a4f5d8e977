import { useQuery } from '@apollo/client/react';
import { Button, Container } from '@mantine/core';
import { IconUpload } from '@tabler/icons-react';
import { useMemo, useState } from 'react';
import { Link, useSearchParams } from 'react-router';
import { ErrorNotice } from '../../components/ErrorNotice';
import { LoadingPage } from '../../components/LoadingPage';
import { PageHeader } from '../../components/PageHeader';
import { GalleryPageDocument } from '../../gql/operations';
import { datasetPaths, useDatasetId } from '../../lib/datasetPaths';
import { Gallery } from './Gallery';
import { GalleryFilters } from './filters/GalleryFilters';
import {
  countFilters,
  paramsOfView,
  viewOfParams,
  unfilteredView,
  type GalleryView,
} from './filters/galleryView';
import { ImageDialog } from './image/ImageDialog';

interface Opened {
  id: string;
  all: string[];
}

export default function ImagesPage() {
  const datasetId = useDatasetId();
  const [params, setParams] = useSearchParams();
  const [opened, setOpened] = useState<Opened | null>(null);
  const address = params.toString();
  const view = useMemo(() => viewOfParams(new URLSearchParams(address)), [address]);
  const { data, error, refetch } = useQuery(GalleryPageDocument, { variables: { datasetId } });
  if (error && !data) return <ErrorNotice error={error} onRetry={() => void refetch()} />;
  if (!data?.dataset) return <LoadingPage />;
  const { dataset, viewer } = data;
  const change = (part: Partial<GalleryView>) =>
    setParams(paramsOfView({ ...view, ...part }), { replace: true });
  return (
    <Container fluid p="lg">
      <PageHeader
        title="Images"
        actions={
          <Button
            component={Link}
            to={datasetPaths.upload(datasetId)}
            variant="default"
            leftSection={<IconUpload size={16} />}
          >
            Upload
          </Button>
        }
      />
      <GalleryFilters view={view} classes={dataset.classes} onChange={change} />
      <Gallery
        key={address}
        datasetId={datasetId}
        view={view}
        round={dataset.currentRun?.number ?? null}
        isFiltered={countFilters(view) > 0}
        onOpen={(id, all) => setOpened({ id, all })}
        onShowAll={() => change({ ...unfilteredView, order: view.order })}
      />
      {opened && (
        <ImageDialog
          id={opened.id}
          all={opened.all}
          classes={dataset.classes}
          viewerId={viewer?.id ?? null}
          isReviewer={dataset.viewerIsReviewer}
          onMove={(id) => setOpened({ ...opened, id })}
          onClose={() => setOpened(null)}
        />
      )}
    </Container>
  );
}
