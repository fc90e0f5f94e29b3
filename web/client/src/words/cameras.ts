/** c(): the words of the desk about the devices in the room. */

import { words } from '.'

const zh = {
  title: '会场设备',
  lead: '选哪台摄像头作会场画面，大家和直播看到的就是哪台；会场话筒同时只开一支。',
  shown: '会场画面',
  show: '用作会场画面',
  heard: '会场话筒',
  hear: '用这里的话筒',
  live: '已接通',
  connecting: '正在接通摄像机…',
  reconnecting: '摄像机断开，正在重新连接（自 {time} 起）',
  'camera.unreachable': '联系不上摄像机，请检查电源和网线',
  'camera.forbidden': '摄像机的用户名或密码不对，请告诉管理员',
  'camera.no_picture': '摄像机没有送出画面',
  'camera.codec': '摄像机的编码不是 H.264，请在摄像机上改',
  'camera.reordered': '请在摄像机上关闭 B 帧',
  'camera.refused': '服务暂时没有接受这台摄像机',
  'camera.lost': '与服务的连线中断',
} as const

const en: Record<keyof typeof zh, string> = {
  title: 'Devices in the room',
  lead: 'The camera that you choose is the room for everybody and the livestream; one microphone is open.',
  shown: 'Shown as the room',
  show: 'Show as the room',
  heard: 'Heard as the room',
  hear: 'Use its microphone',
  live: 'Connected',
  connecting: 'Connecting the camera…',
  reconnecting: 'The camera is lost; connecting again (since {time})',
  'camera.unreachable': 'The camera does not answer: check power and cable',
  'camera.forbidden': 'The camera wants another name or password: tell the administrator',
  'camera.no_picture': 'The camera sends no picture',
  'camera.codec': 'The camera does not send H.264: change that at the camera',
  'camera.reordered': 'Switch B frames off at the camera',
  'camera.refused': 'The service does not take this camera at the moment',
  'camera.lost': 'Its link to the service broke',
}

export const c = words(zh, en)
export type CameraWord = keyof typeof zh
