import type { ComponentType } from 'react';
import { createBrowserRouter } from 'react-router';
import { DatasetLayout } from './DatasetLayout';
import { NotFoundPage } from './NotFoundPage';
import { RouteError } from './RouteError';
import { Shell } from './Shell';

/** Loads a page when it is first opened. Every page module exports its page as default. */
const page = (load: () => Promise<{ default: ComponentType }>) => ({
  lazy: async () => ({ Component: (await load()).default }),
});

export const router = createBrowserRouter([
  {
    path: '/',
    Component: Shell,
    ErrorBoundary: RouteError,
    // The shell is drawn immediately. The first page follows when it is loaded.
    HydrateFallback: () => null,
    children: [
      { index: true, ...page(() => import('../features/datasets/DatasetsPage')) },
      {
        path: 'datasets/:datasetId',
        Component: DatasetLayout,
        ErrorBoundary: RouteError,
        children: [
          { index: true, ...page(() => import('../features/overview/OverviewPage')) },
          { path: 'label', ...page(() => import('../features/label/LabelPage')) },
          { path: 'confirm', ...page(() => import('../features/confirm/ConfirmPage')) },
          { path: 'images', ...page(() => import('../features/gallery/ImagesPage')) },
          { path: 'similar', ...page(() => import('../features/similar/SimilarPage')) },
          { path: 'upload', ...page(() => import('../features/uploads/UploadPage')) },
          { path: 'classes', ...page(() => import('../features/datasets/ClassesPage')) },
          { path: 'runs/compare', ...page(() => import('../features/runs/compare/ComparePage')) },
          { path: 'runs/:runId?', ...page(() => import('../features/runs/RunsPage')) },
          { path: 'certificate', ...page(() => import('../features/certificate/CertificatePage')) },
          { path: 'audit', ...page(() => import('../features/label/AuditPage')) },
          { path: 'annotators', ...page(() => import('../features/annotators/AnnotatorsPage')) },
          { path: 'review', ...page(() => import('../features/review/ReviewPage')) },
          { path: 'export', ...page(() => import('../features/exports/ExportPage')) },
        ],
      },
      { path: '*', Component: NotFoundPage },
    ],
  },
]);
