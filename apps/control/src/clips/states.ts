import type { Progress } from '@matthan/protocol/envelope'
import type { ClipState } from '../store/tables/orders.ts'

/**
 * A clip's way: `requested` (or `waitingForBox` while its box is away) → `holding` → `uploading` → `verifying`
 * → `packaging` → `ready` | `noFootage`, from anywhere `failed`, and `cancelled` until the packaging begins. From
 * the receipt on (`packaging`) the vault moves it, in the transactions that make it true.
 */
export const endStates: readonly ClipState[] = ['ready', 'noFootage', 'failed', 'cancelled']
/** Before the centre has everything: here the box and the dispatcher move it. */
export const boxStates: readonly ClipState[] = ['requested', 'waitingForBox', 'holding', 'uploading', 'verifying']

const stateOfPhase: Record<Progress['phase'], ClipState> = {
  accepted: 'requested',
  holding: 'holding',
  stating: 'holding',
  uploading: 'uploading',
  verifying: 'verifying'
}

export type ClipEvent =
  | { what: 'progress'; phase: Progress['phase'] }
  | { what: 'boxAway' }
  | { what: 'boxBack' }
  /** The extraction ended; `segments` that it delivered when it succeeded. */
  | { what: 'extracted'; segments: number }
  | { what: 'extractionFailed' }
  | { what: 'extractionCancelled' }

/** Where the event takes a clip; the same state when it changes nothing. */
export const nextState = (state: ClipState, event: ClipEvent): ClipState => {
  if (!boxStates.includes(state)) return state
  switch (event.what) {
    case 'progress':
      return stateOfPhase[event.phase]
    case 'boxAway':
      return 'waitingForBox'
    case 'boxBack':
      return state === 'waitingForBox' ? 'requested' : state
    case 'extracted':
      // A success that brought files has been receipted before; then the state is the vault's and we are not here.
      return event.segments === 0 ? 'noFootage' : 'failed'
    case 'extractionFailed':
      return 'failed'
    case 'extractionCancelled':
      return 'cancelled'
  }
}
