import '@mantine/core/styles.css';
import '@mantine/notifications/styles.css';
import './styles.css';
import { localStorageColorSchemeManager, MantineProvider } from '@mantine/core';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { createQueryClient } from './data/connection.js';
import { createScreens } from './routes.js';
import { ClockProvider } from './show/clock.js';
import { theme } from './theme.js';

// A part that cannot be loaded is of an older build than the server has now: the page is loaded again, but not for ever.
const RELOADED_KEY = 'breakwater-reloaded';
const RELOAD_AGAIN_AFTER_MS = 60_000;
window.addEventListener('vite:preloadError', (event) => {
  const before = Number(sessionStorage.getItem(RELOADED_KEY) ?? 0);
  if (Date.now() - before < RELOAD_AGAIN_AFTER_MS) return;
  event.preventDefault();
  sessionStorage.setItem(RELOADED_KEY, String(Date.now()));
  window.location.reload();
});

const colorSchemes = localStorageColorSchemeManager({ key: 'breakwater-color-scheme' });
const place = document.getElementById('root');
if (!place) throw new Error('index.html has no element with the id root');

createRoot(place).render(
  <StrictMode>
    <MantineProvider theme={theme} colorSchemeManager={colorSchemes} defaultColorScheme="auto">
      <QueryClientProvider client={createQueryClient()}>
        <ClockProvider>
          <RouterProvider router={createScreens()} />
        </ClockProvider>
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
);
