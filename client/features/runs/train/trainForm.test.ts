import { estimateOf, faultsOf, freshForm, trainingOf } from './trainForm';

const measured = {
  number: 12,
  recipe: 'FINETUNE' as const,
  engine: null,
  training: { imagesPerSecond: 50 },
};

describe('the estimate', () => {
  it('follows from a pace that was measured here, of the same recipe', () => {
    const text = estimateOf({ recipe: 'FINETUNE', epochs: 10 }, 1_000, [measured]);
    expect(text).toContain('About 3 min 20 s at the 50 images/s that round 12 reached');
  });

  it('promises nothing that was not measured', () => {
    for (const earlier of [[], [measured], [{ ...measured, training: null }]])
      expect(estimateOf({ recipe: 'SCRATCH', epochs: 10 }, 1_000, earlier)).toContain(
        'known after its first batch',
      );
  });
});

describe('the form', () => {
  it('can be sent as it opens', () => {
    expect(faultsOf(freshForm('FINETUNE'))).toEqual({});
    expect(faultsOf(freshForm('SCRATCH'))).toEqual({});
  });

  it('names what is out of bounds, or left empty', () => {
    const form = { ...freshForm('SCRATCH'), epochs: 0, learningRate: '', zoomPercent: 95 };
    expect(Object.keys(faultsOf(form))).toEqual(['epochs', 'learningRate', 'zoomPercent']);
  });

  it('says how to go on only where it goes on, and leaves replay out unless it is given', () => {
    const form = {
      ...freshForm('SCRATCH'),
      replayRatio: 101,
      shrinkPercent: 60,
      perturbPercent: 1,
    };
    expect(faultsOf(form)).toEqual({});
    expect(trainingOf(form)).not.toHaveProperty('shrink');
    const goesOn = { ...form, continueLast: true };
    expect(Object.keys(faultsOf(goesOn))).toEqual(['replayRatio']);
    expect(trainingOf({ ...goesOn, replayRatio: '2' })).toMatchObject({
      ...{ continueLast: true, replayRatio: 2, shrink: 0.6, perturb: 0.01 },
    });
    expect(trainingOf({ ...goesOn, replayRatio: '' })).not.toHaveProperty('replayRatio');
  });

  it('sends a first block only where there are blocks', () => {
    const form = { ...freshForm('FINETUNE'), fromBlock: ' block_14 ', zoomPercent: '20' };
    expect(trainingOf(form)).toMatchObject({ fromBlock: 'block_14', zoom: 0.2, epochs: 10 });
    expect(trainingOf({ ...form, recipe: 'SCRATCH' })).not.toHaveProperty('fromBlock');
    expect(trainingOf({ ...form, fromBlock: ' ' })).not.toHaveProperty('fromBlock');
  });
});
