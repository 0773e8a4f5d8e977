import { useQuery } from '@apollo/client/react';
import { useEffect } from 'react';
import { useSearchParams } from 'react-router';
import { LabelImageDocument, type LibTaskImageFragment } from '../../gql/operations';

/**
 * Shows the image of the `?image=…` parameter, which a conflict notice or the gallery sets. The
 * parameter is then removed from the address.
 */
export function useImageFromUrl(show: (image: LibTaskImageFragment) => void) {
  const [params, setParams] = useSearchParams();
  const id = params.get('image');
  const { data } = useQuery(LabelImageDocument, {
    variables: { id: id ?? '' },
    skip: !id,
    fetchPolicy: 'network-only',
  });
  const image = data?.node && 'url' in data.node ? data.node : undefined;
  useEffect(() => {
    if (!image || image.id !== id) return;
    show(image);
    setParams({}, { replace: true });
  }, [image, id, show, setParams]);
}
