import { Notifications } from '@mantine/notifications';
import { Outlet } from '@tanstack/react-router';

/** Around every page. The notifications are within the router, because they contain links. */
export function Root() {
  return (
    <>
      <Notifications position="bottom-right" />
      <Outlet />
    </>
  );
}
