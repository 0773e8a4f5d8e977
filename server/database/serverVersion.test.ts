import { requireSupported } from './serverVersion';

test.each([140_000, 150_018, 180_004])('runs on version number %i', (version) => {
  expect(() => requireSupported(version)).not.toThrow();
});

test.each([
  [90_624, 'PostgreSQL 9,'],
  [130_021, 'PostgreSQL 13,'],
  [190_000, 'PostgreSQL 19,'],
])('refuses version number %i in a sentence that says what to do', (version, named) => {
  expect(() => requireSupported(version)).toThrow(named);
  expect(() => requireSupported(version)).toThrow('Set DATABASE_URL to a server of');
});
