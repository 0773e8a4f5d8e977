import { setTimeout as delay } from 'node:timers/promises';
import { sentTogether } from './sentTogether';

const failed = (code: string) => Object.assign(new Error(code), { code });

test('gives the results in the order of the statements', async () => {
  expect(await sentTogether(delay(5, 'image'), Promise.resolve(2), null)).toEqual([
    'image',
    2,
    null,
  ]);
});

test('waits for the others before it fails', async () => {
  const ended: string[] = [];
  const slow = delay(20).then(() => ended.push('slow'));
  const failure = sentTogether(slow, Promise.reject(failed('57014')));
  await expect(failure).rejects.toMatchObject({ code: '57014' });
  expect(ended).toEqual(['slow']);
});

test('throws the cause, and not that the transaction was aborted by it', async () => {
  const failure = sentTogether(Promise.reject(failed('25P02')), Promise.reject(failed('57014')));
  await expect(failure).rejects.toMatchObject({ code: '57014' });
});
