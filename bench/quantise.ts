import { accuracies, mean } from './caltech';
import { findBackbone, loadPhotos, quantisedBackbone } from './material';

/** Measures the accuracy lost by 8 bits: heads on quantised and on float embeddings. */
export async function benchQuantise(): Promise<Record<string, unknown>> {
  const backbone = await findBackbone();
  const quantisedModel = await quantisedBackbone(backbone);
  const float = await accuracies(await loadPhotos(backbone));
  const quantised = await accuracies(await loadPhotos(quantisedModel));
  return {
    bench: 'quantise',
    backbone: backbone.id,
    quantisedModel: quantisedModel.id,
    calibration: '64 photos of the background folder, which is neither trained nor tested on',
    floatPerSplit: float,
    quantisedPerSplit: quantised,
    floatAccuracy: mean(float),
    quantisedAccuracy: mean(quantised),
    pointsLost: 100 * (mean(float) - mean(quantised)),
  };
}
