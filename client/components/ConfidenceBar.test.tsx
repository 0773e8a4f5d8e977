import { screen } from '@testing-library/react';
import { renderWithTheme } from '../testing/renderWithTheme';
import { ConfidenceBar } from './ConfidenceBar';

const meter = () => screen.getByRole('meter');

describe('the confidence bar', () => {
  it('tells a screen reader the percentage and what it measures', () => {
    renderWithTheme(<ConfidenceBar confidence={0.934} label="Agreement" />);
    expect(meter().getAttribute('aria-label')).toBe('Agreement');
    expect(meter().getAttribute('aria-valuenow')).toBe('93');
    expect(meter().getAttribute('aria-valuetext')).toBe('93 %');
  });

  it('shows the percentage as text only with withValue', () => {
    const { unmount } = renderWithTheme(<ConfidenceBar confidence={0.934} withValue />);
    expect(screen.getByText('93 %')).not.toBeNull();
    unmount();
    renderWithTheme(<ConfidenceBar confidence={0.934} />);
    expect(screen.queryByText('93 %')).toBeNull();
  });
});
