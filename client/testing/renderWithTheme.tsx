import { MantineProvider } from '@mantine/core';
import { render } from '@testing-library/react';
import type { ReactNode } from 'react';
import { MemoryRouter } from 'react-router';
import { theme } from '../app/theme';

/** Renders a component as the app does: with our theme, at a route, but without transitions. */
export function renderWithTheme(component: ReactNode, { route = '/' } = {}) {
  return render(component, {
    wrapper: ({ children }) => (
      <MantineProvider theme={theme} env="test">
        <MemoryRouter initialEntries={[route]}>{children}</MemoryRouter>
      </MantineProvider>
    ),
  });
}
