/** Words of the programme's controls. */

import { words } from '.'

const zh = {
  menu: '画面',
  menu_title: '想怎么看？',
  auto: '自动',
  'auto.why': '网络好就清晰，不好就省一点',
  clear: '清晰',
  'clear.why': '画面大，流量多',
  save: '省流量',
  'save.why': '画面小一些',
  sound: '只听声音',
  'sound.why': '没有画面，流量最少',
  close: '关闭',
  listening: '正在只听声音',
  listening_back: '恢复画面',
  weak: '网络太弱，先只放声音',
  weak_why: '网络好转后，画面会自己回来。',
  weak_try: '现在就试试画面',
  seek: '往回看：拖到想看的时刻',
  at_edge: '直播中',
  behind: '{time} 前',
  from_start: '从头看',
  to_edge: '回到直播',
}

const en: Record<keyof typeof zh, string> = {
  menu: 'Picture',
  menu_title: 'How would you like to watch?',
  auto: 'Automatic',
  'auto.why': 'Clear on a good line, smaller on a bad one',
  clear: 'Clear',
  'clear.why': 'Large picture, most data',
  save: 'Save data',
  'save.why': 'Smaller picture',
  sound: 'Sound only',
  'sound.why': 'No picture, least data',
  close: 'Close',
  listening: 'Sound only',
  listening_back: 'Show the picture',
  weak: 'Weak line: sound only for now',
  weak_why: 'The picture comes back by itself when the line is better.',
  weak_try: 'Try the picture now',
  seek: 'Watch earlier moments: drag to one',
  at_edge: 'Live',
  behind: '{time} ago',
  from_start: 'From the start',
  to_edge: 'Back to live',
}

/** The word for a key, in the language of the page. */
export const p = words(zh, en)
