import { Avatar } from '@mantine/core';

export interface PersonAvatarProps {
  person: { name: string };
  /** Pixels across. */
  size?: number;
}

/** A person as initials; the colour follows from the name, so it is the same everywhere. */
export function PersonAvatar({ person, size = 24 }: PersonAvatarProps) {
  return <Avatar name={person.name} color="initials" size={size} title={person.name} aria-hidden />;
}
