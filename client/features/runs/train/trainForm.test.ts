import { timeEstimate, errorsOf, defaultForm, trainingInput } from './trainForm';

const measured = {
  number: 12,
  recipe: 'FINETUNE' as const,
  engine: null,
  training: { imagesPerSecond: 50 },
};

describe('the estimate', () => {
  it('follows from the measured speed of a run with the same recipe', () => {
    const text = timeEstimate({ recipe: 'FINETUNE', epochs: 10 }, 1_000, [measured]);
    expect(text).toContain('About 3 min 20 s at the 50 images/s of round 12');
  });

  it('gives no time without a measurement', () => {
    for (const earlier of [[], [measured], [{ ...measured, training: null }]])
      expect(timeEstimate({ recipe: 'SCRATCH', epochs: 10 }, 1_000, earlier)).toContain(
        'known after the first batch',
      );
  });
});

describe('the form', () => {
  it('is valid with its defaults', () => {
    expect(errorsOf(defaultForm('FINETUNE'))).toEqual({});
    expect(errorsOf(defaultForm('SCRATCH'))).toEqual({});
  });

  it('reports fields that are out of range or empty', () => {
    const form = { ...defaultForm('SCRATCH'), epochs: 0, learningRate: '', zoomPercent: 95 };
    expect(Object.keys(errorsOf(form))).toEqual(['epochs', 'learningRate', 'zoomPercent']);
  });

  it('sends the continue options only with continueLast, and replay only if it is given', () => {
    const form = {
      ...defaultForm('SCRATCH'),
      replayRatio: 101,
      shrinkPercent: 60,
      perturbPercent: 1,
    };
    expect(errorsOf(form)).toEqual({});
    expect(trainingInput(form)).not.toHaveProperty('shrink');
    const continued = { ...form, continueLast: true };
    expect(Object.keys(errorsOf(continued))).toEqual(['replayRatio']);
    expect(trainingInput({ ...continued, replayRatio: '2' })).toMatchObject({
      ...{ continueLast: true, replayRatio: 2, shrink: 0.6, perturb: 0.01 },
    });
    expect(trainingInput({ ...continued, replayRatio: '' })).not.toHaveProperty('replayRatio');
  });

  it('sends a first block only for a recipe with blocks', () => {
    const form = { ...defaultForm('FINETUNE'), fromBlock: ' block_14 ', zoomPercent: '20' };
    expect(trainingInput(form)).toMatchObject({ fromBlock: 'block_14', zoom: 0.2, epochs: 10 });
    expect(trainingInput({ ...form, recipe: 'SCRATCH' })).not.toHaveProperty('fromBlock');
    expect(trainingInput({ ...form, fromBlock: ' ' })).not.toHaveProperty('fromBlock');
  });
});
