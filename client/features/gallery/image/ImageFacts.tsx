import { Code, CopyButton, Tooltip, UnstyledButton } from '@mantine/core';
import type { GalleryDetailFragment } from '../../../gql/operations';
import { formatBytes, formatCount, formatMoment } from '../../../lib/format';
import styles from './ImageFacts.module.css';

const splitWords = { TRAIN: 'Train', VALIDATION: 'Validation', TEST: 'Test' } as const;

/** Lists the file and dataset details of an image. */
export function ImageFacts({ image }: { image: GalleryDetailFragment }) {
  const split = image.split ? splitWords[image.split] : 'none yet';
  return (
    <dl className={styles.facts}>
      <dt>Path</dt>
      <dd>{image.fileName}</dd>
      <dt>Size</dt>
      <dd>
        {formatCount(image.width)} × {formatCount(image.height)}, {formatBytes(image.byteSize)}
      </dd>
      <dt>Split</dt>
      <dd>{image.heldOut ? `${split}, held out` : split}</dd>
      <dt>Uploaded</dt>
      <dd>{formatMoment(image.createdAt)}</dd>
      <dt>SHA-256</dt>
      <dd>
        <CopyButton value={image.sha256}>
          {({ copied, copy }) => (
            <Tooltip label={copied ? 'Copied' : 'Copy'}>
              <UnstyledButton onClick={copy} aria-label="Copy SHA-256">
                <Code>{image.sha256.slice(0, 12)}…</Code>
              </UnstyledButton>
            </Tooltip>
          )}
        </CopyButton>
      </dd>
      {image.leasedBy.length > 0 && (
        <>
          <dt>Assigned to</dt>
          <dd>{image.leasedBy.map((person) => person.name).join(', ')}</dd>
        </>
      )}
    </dl>
  );
}
