import type { Sequential } from './checker.ts';

/**
 * One mandate in force that covers everything, one call of its proxy, and one open code about `plan`, as if everybody
 * took turns.
 */
export interface OneMandate {
  readonly mandate: 'active' | 'suspended' | 'ended';
  readonly revision: number;
  readonly code: 'pending' | 'approved' | 'declined' | 'cancelled';
  readonly isUsed: boolean;
}

/**
 * `look`: a check of what needs no code. `weigh`: a check of what needs one. `do`: the same, executed. `approve`: with the
 * right code, at most five times in a history, as there are five tries.
 */
export type Told = 'withdraw' | 'suspend' | 'resume' | 'look' | 'weigh' | 'do' | 'approve' | 'decline' | 'see';
/** What a client can tell apart of an answer. */
export type Heard = 'done' | 'refused' | 'permit' | 'ask_holder' | 'deny' | OneMandate['mandate'];

export const ONE_MANDATE: Sequential<OneMandate, Told, Heard> = {
  initial: { mandate: 'active', revision: 0, code: 'pending', isUsed: false },
  step(state, told, heard) {
    const { next, answer } = take(state, told);
    return heard === null || heard === answer ? [next] : [];
  },
};

function take(state: OneMandate, told: Told): { readonly next: OneMandate; readonly answer: Heard } {
  const { mandate, code } = state;
  const stays = (answer: Heard) => ({ next: state, answer });
  const becomes = (changes: Partial<OneMandate>, answer: Heard = 'done') => ({
    next: { ...state, ...changes },
    answer,
  });
  // Whatever changes a mandate makes another revision of it, and its open codes die.
  const change = (to: OneMandate['mandate']) =>
    becomes({ mandate: to, revision: state.revision + 1, code: code === 'pending' ? 'cancelled' : code });
  switch (told) {
    case 'withdraw':
      return mandate === 'ended' ? stays('done') : change('ended');
    case 'suspend':
      return mandate === 'active' ? change('suspended') : stays('done');
    case 'resume':
      if (mandate === 'ended') return stays('refused');
      return mandate === 'suspended' ? change('active') : stays('done');
    case 'see':
      return stays(mandate);
    case 'look':
      return stays(mandate === 'active' ? 'permit' : 'deny');
    case 'weigh':
      return stays(weighed(state));
    case 'do':
      return weighed(state) === 'permit' ? becomes({ isUsed: true }, 'permit') : stays(weighed(state));
    case 'approve':
      return code === 'pending' ? becomes({ code: 'approved' }) : stays('refused');
    case 'decline':
      return code === 'pending' ? becomes({ code: 'declined' }) : stays('done');
  }
}

function weighed({ mandate, revision, code, isUsed }: OneMandate): 'permit' | 'ask_holder' | 'deny' {
  if (code === 'declined' || mandate !== 'active') return 'deny';
  // The yes was to the revision that was asked about.
  return code === 'approved' && revision === 0 && !isUsed ? 'permit' : 'ask_holder';
}
