import { phaseStates } from './runWords';

describe('phaseStates', () => {
  it('distinguishes done, active and pending phases', () => {
    expect(phaseStates({ recipe: 'HEAD', status: 'RUNNING', phase: 'EVALUATE' })).toEqual([
      'done',
      'done',
      'active',
      'pending',
      'pending',
      'pending',
    ]);
  });

  it('has two more phases if a network is trained', () => {
    const states = phaseStates({ recipe: 'SCRATCH', status: 'RUNNING', phase: 'EMBED' });
    expect(states).toHaveLength(8);
    expect(states.slice(0, 4)).toEqual(['done', 'done', 'active', 'pending']);
  });

  it('reports every phase of a published run as done', () => {
    expect(
      phaseStates({ recipe: 'HEAD', status: 'PUBLISHED', phase: null }).every(
        (state) => state === 'done',
      ),
    ).toBe(true);
  });

  it('has no active phase if the run failed or is queued', () => {
    expect(phaseStates({ recipe: 'HEAD', status: 'FAILED', phase: 'RESCORE' })).not.toContain(
      'active',
    );
    expect(
      phaseStates({ recipe: 'HEAD', status: 'QUEUED', phase: null }).every(
        (state) => state === 'pending',
      ),
    ).toBe(true);
  });
});
