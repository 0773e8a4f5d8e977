export * from './DatasetLive';
