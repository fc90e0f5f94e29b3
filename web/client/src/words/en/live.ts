/** Watching the livestream. */

import type { live as chinese } from '../zh/live'

export const live: Record<keyof typeof chinese, string> = {
  'live.label': 'Livestream of the meeting',
  'live.replay': 'watch it from the start above',
  'live.scheduled': 'The meeting has not begun',
  'live.scheduled_at': 'Planned for {time}',
  'live.recess': 'The meeting is in recess, please wait',
  'live.starting': 'The livestream is about to begin…',
  'live.interrupted': 'The signal was interrupted and is coming back…',
  'live.off': 'No picture at the moment',
  'live.ended': 'The meeting has ended',
  'live.no_recording': 'The recording is being prepared, please come back later',
  'live.loading': 'Loading the picture…',
  'live.stalled': 'Slow network, buffering…',
  'live.tap': 'Tap to watch',
  'live.unmute': 'Sound on',
  'live.mute': 'Mute',
  'live.fullscreen': 'Full screen',
  'live.unsupported': "Your browser can't play the livestream. Please use the phone's own browser.",
  'live.since': 'Live for {time}',
  'live.viewers': '{n} residents watching',
  'live.state.off': 'Off',
  'live.state.starting': 'Starting',
  'live.state.live': 'Live',
  'live.state.interrupted': 'Interrupted',
  'live.state.ended': 'Ended',
}
