import { Center, Loader } from '@mantine/core';
import { useEffect, useState } from 'react';

export interface LoadingPageProps {
  /** What is loading, for those who do not see the spinner. */
  label?: string;
}

/** A calm wait: nothing for a moment, because most pages are there before a spinner would help. */
export function LoadingPage({ label = 'Loading' }: LoadingPageProps) {
  const [slow, setSlow] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setSlow(true), 250);
    return () => clearTimeout(timer);
  }, []);
  return (
    <Center mih="50vh" role="status" aria-label={label} aria-busy>
      {slow && <Loader size="sm" />}
    </Center>
  );
}
