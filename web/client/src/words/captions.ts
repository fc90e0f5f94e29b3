/** k(): the words of captions, and of passing the programme on. */

import { words } from '.'

const zh = {
  title: '字幕',
  short: '字幕',
  show: '显示字幕',
  hide: '关闭字幕',
  waiting: '字幕会显示在这里',
  room: '会场',
  lead: '听到什么，打什么。按回车发出，观众马上看到；写进会议记录。',
  on: '打开字幕',
  off: '停止字幕',
  off_lead: '打开后，主持人、书记员可以在这里打字。听不清的居民可以看字幕，闭会后附在会议记录里。',
  off_clerk: '字幕没有打开，请主持人打开。',
  speaking: '现在发言：{name}',
  field: '打字，按回车发出',
  send: '发出',
  correct: '改',
  correcting: '正在改：{text}',
  save: '改好了',
  cancel: '不改了',
  take_back: '撤回',
  recognised: '机器识别',
  none: '还没有字幕。',
} as const

const en: Record<keyof typeof zh, string> = {
  title: 'Captions',
  short: 'CC',
  show: 'Show captions',
  hide: 'Hide captions',
  waiting: 'Captions appear here',
  room: 'The room',
  lead: 'Type what you hear. Enter sends it: viewers see it at once, and it is put on record.',
  on: 'Switch captions on',
  off: 'Stop captions',
  off_lead:
    'When they are on, the host and the clerk type here. People who hear badly can read along; later they are an annex of the minutes.',
  off_clerk: 'Captions are off. Ask the host to switch them on.',
  speaking: 'Speaking: {name}',
  field: 'Type, and press Enter',
  send: 'Send',
  correct: 'Correct',
  correcting: 'Correcting: {text}',
  save: 'Done',
  cancel: 'Cancel',
  take_back: 'Take back',
  recognised: 'By machine',
  none: 'No captions yet.',
}

export const k = words(zh, en)
