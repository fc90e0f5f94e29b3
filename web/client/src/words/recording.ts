/** r(): the words about the recording: the red light, and what is the matter with the programme. */

import { words } from '.'

const zh = {
  light: '录制中',
  light_label: '正在录制：画面和声音正写入磁盘',
  alarms: '直播和录制的问题',
  since: '自 {time} 起',
  black: '画面是黑的',
  'black.do': '请看看会场摄像头有没有被挡住、盖住，或者断了电。',
  silent: '没有声音',
  'silent.do': '请检查会场话筒是否打开、插好。',
  frozen: '画面卡住不动',
  'frozen.do': '摄像头一直送出同一幅画面，请关掉再打开。',
  drift: '声音和画面对不上',
  'drift.do': '系统正在自动对齐；如果一直不好，请告诉管理员。',
  clock: '服务器的时钟跳动了',
  'clock.do': '直播照常；录像里的时间可能差几秒，请告诉管理员。',
  slow: '服务器太忙，画面有些卡',
  'slow.do': '录制照常。请告诉管理员，或关掉不用的连线。',
  disk_low: '磁盘快满了',
  'disk_low.do': '还能录一阵。请告诉管理员尽快腾出空间。',
  disk_full: '磁盘满了，直播和录制已暂停',
  'disk_full.do': '会议、表决和记录照常。请告诉管理员马上腾出空间，腾出后会自动继续。',
  no_bytes: '现在没有在录制',
  'no_bytes.do': '系统正在自动重新开始；如果一直不好，请告诉管理员。重要的话请稍等再说。',
} as const

const en: Record<keyof typeof zh, string> = {
  light: 'REC',
  light_label: 'Recording: picture and sound are being written to the disk',
  alarms: 'What is wrong with livestream and recording',
  since: 'since {time}',
  black: 'The picture is black',
  'black.do': "Look whether the room's camera is covered, or has no power.",
  silent: 'There is no sound',
  'silent.do': "Check that the room's microphone is on and plugged in.",
  frozen: 'The picture stands still',
  'frozen.do': 'The camera sends the same picture again and again: switch it off and on.',
  drift: 'Sound and picture are apart',
  'drift.do': 'They are being aligned; if it stays like this, tell the administrator.',
  clock: "The server's clock jumped",
  'clock.do':
    'The livestream goes on; times in the recording may be some seconds off. Tell the administrator.',
  slow: 'The server is too busy: the picture is not smooth',
  'slow.do': 'Recording goes on. Tell the administrator, or end links that nobody needs.',
  disk_low: 'The disk is almost full',
  'disk_low.do': 'Recording goes on for a while. Ask the administrator to make room soon.',
  disk_full: 'The disk is full: livestream and recording have paused',
  'disk_full.do':
    'Meeting, votes and record go on. Ask the administrator to make room; it will go on by itself.',
  no_bytes: 'Nothing is being recorded now',
  'no_bytes.do':
    'It is being started again; if it stays like this, tell the administrator. Important words can wait.',
}

export const r = words(zh, en)
