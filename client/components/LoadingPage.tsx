import { Center, Loader } from '@mantine/core';
import { useEffect, useState } from 'react';

export interface LoadingPageProps {
  /** What is loading, for screen readers. */
  label?: string;
}

/** Shows a spinner after a short delay, because most pages load before that. */
export function LoadingPage({ label = 'Loading' }: LoadingPageProps) {
  const [isSlow, setIsSlow] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setIsSlow(true), 250);
    return () => clearTimeout(timer);
  }, []);
  return (
    <Center mih="50vh" role="status" aria-label={label} aria-busy>
      {isSlow && <Loader size="sm" />}
    </Center>
  );
}
