/** w(): the words of the desk about passing the livestream on to other platforms. */

import { words } from '.'

const zh = {
  title: '同时转播到其他平台',
  lead: '把直播同时送到电视台、视频号等平台。推流地址只存在本机，谁也看不到，记录里只写平台名称。',
  start: '开始转播',
  stop: '停止转播',
  off: '未转播',
  connecting: '正在连接…',
  live: '正在转播',
  reconnecting: '没有送到，正在重新连接（自 {time} 起）',
  'push.unreachable': '平台没有接收：请检查推流地址和推流码，或平台是否已开播',
  'push.lost': '与平台的连接中断',
  add: '添加平台',
  name: '平台名称',
  name_hint: '如：市电视台',
  url: '推流地址（含推流码）',
  save: '保存',
  remove: '删除',
  saved: '已保存：{name}',
} as const

const en: Record<keyof typeof zh, string> = {
  title: 'Also on other platforms',
  lead: 'Send the livestream to a television station or a platform as well. Its address stays on this machine and is shown to nobody; the record has the name alone.',
  start: 'Start',
  stop: 'Stop',
  off: 'Not sent',
  connecting: 'Connecting…',
  live: 'Sent',
  reconnecting: 'Does not arrive; connecting again (since {time})',
  'push.unreachable':
    'The platform does not take it: check address and stream key, and whether the platform is ready',
  'push.lost': 'The line to the platform broke',
  add: 'Add a platform',
  name: 'Name of the platform',
  name_hint: 'e.g. city television',
  url: 'Address to push to, with the stream key',
  save: 'Save',
  remove: 'Remove',
  saved: 'Saved: {name}',
}

export const w = words(zh, en)
export type PushWord = keyof typeof zh
