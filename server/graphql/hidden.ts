import { nothingHidden, type BlindGuard, type Hidden } from '../domain/blind';
import type { Context } from './context';

type Asker = Pick<Context, 'viewer' | 'loaders'>;

/** What is hidden from the viewer of a request. A request over HTTP asks once. */
export async function hiddenFrom(guard: BlindGuard, { viewer, loaders }: Asker): Promise<Hidden> {
  return (viewer && (await loaders.load(guard.byPerson, viewer.id))) ?? nothingHidden;
}

/** Whether the model's answer for the image is hidden from the viewer. */
export async function hidesPrediction(
  guard: BlindGuard,
  asker: Asker,
  image: { id: string },
): Promise<boolean> {
  return !guard.isDisclosed(image) && (await hiddenFrom(guard, asker)).predictions.has(image.id);
}

/** Whether other people's answers for the image are hidden from the viewer. */
export async function hidesAnswers(
  guard: BlindGuard,
  asker: Asker,
  image: { id: string },
): Promise<boolean> {
  return !guard.isDisclosed(image) && (await hiddenFrom(guard, asker)).answers.has(image.id);
}
