import { useMutation } from '@apollo/client/react';
import { Select } from '@mantine/core';
import { CertificateAlphaDocument } from '../../gql/operations';
import { notifyFailure, notifyMutationError } from '../../lib/mutationErrors';
import { alphaChoices, formatShare } from './certificateWords';

interface Props {
  datasetId: string;
  /** The dataset's own. */
  alpha: number;
  /** Attempts share it until one of them is issued: till then it stays as it is. */
  attemptsSpent: number;
}

/** How sure the promise is: chosen before its first audit. */
export function AlphaSelect({ datasetId, alpha, attemptsSpent }: Props) {
  const [update, { loading }] = useMutation(CertificateAlphaDocument, {
    refetchQueries: ['CertificatePlan'],
  });
  const choose = async (certificateAlpha: number) => {
    if (certificateAlpha === alpha || loading) return;
    try {
      const input = { id: datasetId, certificateAlpha };
      const { data } = await update({ variables: { input } });
      notifyMutationError(data?.updateDataset.error);
    } catch (error) {
      notifyFailure(error, 'The chance was not changed');
    }
  };
  const isFixed = attemptsSpent > 0;
  return (
    <Select
      label="Chance of a wrong certificate, at most"
      description={
        isFixed && 'Fixed until a certificate is issued: earlier attempts spent part of it.'
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
