import { phaseStates } from './runWords';

describe('phaseStates', () => {
  it('marks what is done, what is going on and what is ahead', () => {
    expect(phaseStates({ status: 'RUNNING', phase: 'EVALUATE' })).toEqual([
      'done',
      'done',
      'now',
      'ahead',
      'ahead',
      'ahead',
    ]);
  });

  it('has done everything once published, whatever the last phase said', () => {
    expect(
      phaseStates({ status: 'PUBLISHED', phase: null }).every((state) => state === 'done'),
    ).toBe(true);
  });

  it('never shows work on a run that has failed or waits', () => {
    expect(phaseStates({ status: 'FAILED', phase: 'RESCORE' })).not.toContain('now');
    expect(phaseStates({ status: 'QUEUED', phase: null }).every((state) => state === 'ahead')).toBe(
      true,
    );
  });
});
