/** The screen and the camera in the room. */

export const places = {
  'display.start': '点击开始',
  'display.start_hint': '打开声音并进入会场大屏',
  'display.scan': '扫码参与',
  'display.code': '编号 {code}',
  'display.next': '接下来发言',
  'display.waiting': '会议即将开始',
  'display.recess': '休会',
  'display.closed': '会议结束，谢谢大家',

  'room.title': '会场设备',
  'room.lead': '用这台设备作会场的摄像头和麦克风，并播放远程发言人的声音。',
  'room.start': '开始送出会场画面和声音',
  'room.sending': '本机送出',
  'room.picture_ok': '画面已送达',
  'room.picture_no': '画面未送达',
  'room.sound_ok': '声音已送达',
  'room.sound_no': '声音未送达',
  'room.sound_other': '会场话筒用的是另一台设备，这里不送声音',
  'room.sound_later': '会议开始后送出声音',
  'room.remote': '正在播放',
  'room.remote_none': '没有远程声音',
  'room.keep_open': '会议期间请保持本页打开，并接通电源。',
  'room.on_link': '连线人员',
  'room.change': '更换设备',
} as const satisfies Record<string, string>
