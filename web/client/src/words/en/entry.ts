/** Coming in: names, the lobby, checking in at the room, a second device. */

import type { entry as chinese } from '../zh/entry'

export const entry: Record<keyof typeof chinese, string> = {
  'entry.title': 'Take part',
  'entry.lead':
    'What concerns everybody is talked over by everybody. Watch, comment, vote, and ask for the floor.',
  'entry.code': 'Room code',
  'entry.code_hint': "Printed below the room's QR code",
  'entry.name': 'Your name',
  'entry.name_hint': 'Shown when you speak, comment and vote',
  'entry.go': 'Enter the room',
  'entry.going': 'Entering…',
  'entry.join': 'Enter the meeting',
  'entry.as': 'Enter as {name}',
  'entry.room_for': 'You are entering',
  'entry.no_meeting': 'This room has no meeting at the moment',
  'entry.no_meeting_hint': 'The time is announced in the room. Scan the code again then.',
  'entry.check_again': 'Check again',
  'entry.real_name': 'Your real name',
  'entry.real_name_hint':
    'Not shown. To see it the hosts must give a reason, which is recorded and told to you',
  'entry.name_needed': 'Please enter your name',
  'entry.code_needed': 'Please enter the room code',
  'entry.staff': 'Staff sign in',
  'entry.invited': 'If you were invited, use your invitation link instead.',
  'entry.link_missing': 'The invitation link is incomplete',
  'entry.link_missing_hint': 'Open the link you received again, or ask the host for a new one.',
  'lobby.title': 'Please wait to be let in',
  'lobby.lead': 'You are here, {name}. This page goes in by itself as soon as the hosts let you in.',
  'lobby.why': 'In this meeting the hosts look at who has come before they let people in.',
  'lobby.turned_away': 'The hosts did not let you in',
  'lobby.reason': 'Reason: {reason}',
  'lobby.turned_away_hint':
    'Ask those who organise the meeting. If they let you in after all, this page goes in by itself.',
  'check_in.ask': 'In the room? Sign in, and your votes and speeches count as from there.',
  'check_in.open': 'I am in the room',
  'check_in.title': 'Sign in in the room',
  'check_in.lead':
    "Enter the four digits on the room's big screen. After that this device is silent, so that the room does not howl.",
  'check_in.code': 'Code on the big screen',
  'check_in.send': 'Sign in',
  'check_in.done': 'Signed in: you are in the room',
  'check_in.here': 'Signed in in the room; this device is silent',
  'check_in.silent': 'You are in the room: this device is silent',
  'check_in.leave': 'I have left the room',
  'check_in.display': 'In the room? Sign in with',
  'companion.elsewhere': 'You are on the video link on another device.',
  'companion.choose':
    'That device can keep it, and this one shows agenda, comments and votes; or bring the link here.',
  'companion.join': 'Join as a companion (no sound, no camera)',
  'companion.take': 'Bring the link here',
  'companion.title': 'This device is a companion',
  'companion.lead':
    'Sound and picture are on your other device. Here you can follow the agenda, comment, vote and ask for the floor.',
}
