/** s(): the words for what the programme shows, and for the host's choice of it. */

import { words } from '.'

const zh = {
  title: '直播画面',
  lead: '平时请选“自动”，画面跟着会议走。',
  now: '正在播出：{scene}',
  instead: '现在没有“{layout}”可以播，先按会议进程播出。一有就会换上。',
  auto: '自动',
  room: '会场',
  speaker: '发言人',
  two: '两人并排',
  screen: '共享屏幕',
  agenda: '议程',
  vote: '表决',
  card: '标题卡',
  opening: '会议开始',
  waiting: '等待会场画面',
  recess: '休会',
  closing: '会议结束',
} as const

const en: Record<keyof typeof zh, string> = {
  title: 'What the livestream shows',
  lead: 'Leave it at “Automatic”: the picture follows the meeting.',
  now: 'On air: {scene}',
  instead: 'There is no “{layout}” to show now; the picture follows the meeting until there is.',
  auto: 'Automatic',
  room: 'Room',
  speaker: 'Speaker',
  two: 'Two side by side',
  screen: 'Shared screen',
  agenda: 'Agenda',
  vote: 'Vote',
  card: 'Title card',
  opening: 'Opening',
  waiting: 'Waiting for the room',
  recess: 'Recess',
  closing: 'Closing',
}

export const s = words(zh, en)
