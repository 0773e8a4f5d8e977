import { Menu, UnstyledButton } from '@mantine/core';
import { IconLogout } from '@tabler/icons-react';
import { PersonAvatar } from '../components/PersonAvatar';
import { useSession } from '../lib/session';

export function PersonMenu() {
  const { viewer, signOut } = useSession();
  return (
    <Menu>
      <Menu.Target>
        <UnstyledButton aria-label={`Signed in as ${viewer.name}`} style={{ borderRadius: '50%' }}>
          <PersonAvatar person={viewer} size={28} />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          <bdi>{viewer.name}</bdi>
        </Menu.Label>
        <Menu.Item
          leftSection={<IconLogout size={16} stroke={1.7} />}
          onClick={() => void signOut()}
        >
          Sign out
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
