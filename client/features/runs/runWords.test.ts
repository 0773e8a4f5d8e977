import { phaseStates } from './runWords';

describe('phaseStates', () => {
  it('marks what is done, what is going on and what is ahead', () => {
    expect(phaseStates({ recipe: 'HEAD', status: 'RUNNING', phase: 'EVALUATE' })).toEqual([
      'done',
      'done',
      'now',
      'ahead',
      'ahead',
      'ahead',
    ]);
  });

  it('has two phases more where a network is trained', () => {
    const states = phaseStates({ recipe: 'SCRATCH', status: 'RUNNING', phase: 'EMBED' });
    expect(states).toHaveLength(8);
    expect(states.slice(0, 4)).toEqual(['done', 'done', 'now', 'ahead']);
  });

  it('has done everything once published, whatever the last phase said', () => {
    expect(
      phaseStates({ recipe: 'HEAD', status: 'PUBLISHED', phase: null }).every(
        (state) => state === 'done',
      ),
    ).toBe(true);
  });

  it('never shows work on a run that has failed or waits', () => {
    expect(phaseStates({ recipe: 'HEAD', status: 'FAILED', phase: 'RESCORE' })).not.toContain(
      'now',
    );
    expect(
      phaseStates({ recipe: 'HEAD', status: 'QUEUED', phase: null }).every(
        (state) => state === 'ahead',
      ),
    ).toBe(true);
  });
});
