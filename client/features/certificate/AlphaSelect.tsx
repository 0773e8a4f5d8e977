import { useMutation } from '@apollo/client/react';
import { Select } from '@mantine/core';
import { CertificateSetAlphaDocument } from '../../gql/operations';
import { notifyFailure, notifyMutationError } from '../../lib/mutationErrors';
import { alphaChoices, formatShare } from './certificateWords';

interface Props {
  datasetId: string;
  /** The dataset's allowed risk. */
  alpha: number;
  /** Attempts since the last issued certificate that used part of the risk. */
  attemptsSpent: number;
}

/** Chooses the allowed risk. It is fixed while attempts share it. */
export function AlphaSelect({ datasetId, alpha, attemptsSpent }: Props) {
  const [update, { loading }] = useMutation(CertificateSetAlphaDocument, {
    refetchQueries: ['CertificatePlan'],
  });
  const choose = async (certificateAlpha: number) => {
    if (certificateAlpha === alpha || loading) return;
    try {
      const input = { id: datasetId, certificateAlpha };
      const { data } = await update({ variables: { input } });
      notifyMutationError(data?.updateDataset.error);
    } catch (error) {
      notifyFailure(error, 'Could not change the allowed risk');
    }
  };
  const isFixed = attemptsSpent > 0;
  return (
    <Select
      label="Allowed risk"
      description={
        isFixed
          ? 'Fixed until a certificate is issued, because earlier attempts used part of it.'
          : 'Probability that the certificate is incorrect.'
      }
      inputWrapperOrder={['label', 'input', 'description']}
      w={{ base: '100%', xs: 330 }}
      disabled={isFixed}
      allowDeselect={false}
      value={String(alpha)}
      data={alphaChoices(alpha).map((one) => ({ value: String(one), label: formatShare(one) }))}
      onChange={(value) => value && void choose(Number(value))}
    />
  );
}
