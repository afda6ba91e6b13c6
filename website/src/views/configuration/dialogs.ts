/** What is opened only now and then: loaded when it is. */

export { Conflict } from './conflict';
export { History } from './history';
export { Review } from './review';
export { RolloutDialog } from './rollout_dialog';
