/** The screen and the camera in the room. */

import type { places as chinese } from '../zh/places'

export const places: Record<keyof typeof chinese, string> = {
  'display.start': 'Tap to start',
  'display.start_hint': 'Turns on the sound and opens the room display',
  'display.scan': 'Scan to take part',
  'display.code': 'Code {code}',
  'display.next': 'Speaking next',
  'display.waiting': 'The meeting is about to begin',
  'display.recess': 'Recess',
  'display.closed': 'The meeting has ended. Thank you all',

  'room.title': 'Room device',
  'room.lead':
    "Use this device as the room's camera and microphone, and as the loudspeaker of remote speakers.",
  'room.start': 'Send picture and sound of the room',
  'room.sending': 'This device sends',
  'room.picture_ok': 'Picture arrives',
  'room.picture_no': 'Picture does not arrive',
  'room.sound_ok': 'Sound arrives',
  'room.sound_no': 'Sound does not arrive',
  'room.sound_other': 'Another device is the microphone of the room; no sound is sent here',
  'room.sound_later': 'Sound is sent once the meeting is open',
  'room.remote': 'Playing',
  'room.remote_none': 'No remote sound',
  'room.keep_open': 'Keep this page open during the meeting, and the device plugged in.',
  'room.on_link': 'On the link',
  'room.change': 'Other devices',
}
