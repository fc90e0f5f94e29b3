/** c(): the words of the check before a meeting. */

import { words } from '.'

export const checkZh = {
  title: '会前检查',
  lead: '看看这台设备和网络能不能视频连线，大约需要半分钟。检查时不会有人看到或听到您。',
  start: '开始检查',
  again: '再查一次',
  running: '正在检查…',
  link: '检查设备和网络',
  done: '检查结果',

  'step.secure': '页面安全',
  'step.camera': '摄像头',
  'step.microphone': '麦克风',
  'step.socket': '会议服务',
  'step.direct': '视频线路（直接）',
  'step.relay_udp': '视频线路（中转）',
  'step.relay_tcp': '备用线路（TCP）',
  'step.relay_tls': '备用线路（加密）',
  'step.rate': '网络速度',

  'outcome.waiting': '等待',
  'outcome.good': '正常',
  'outcome.bad': '不通',
  'outcome.off': '未设置',

  rate: '每秒 {n} 兆，往返 {ms} 毫秒',

  'advice.waiting': '正在检查…',
  'do.waiting': '请稍等；浏览器询问时，请允许使用摄像头和麦克风。',
  'advice.good': '一切正常，可以视频参会',
  'do.good': '会议开始时，打开收到的链接就行。',
  'advice.no_service': '连不上会议服务',
  'do.no_service': '请检查网络是否已连接，或换用手机流量再试；仍然不行，请联系会议工作人员。',
  'advice.not_secure': '这个页面没有加密，不能使用摄像头和麦克风',
  'do.not_secure': '请打开收到的邀请链接（以 https 开头），或请工作人员重新发送。',
  'advice.camera': '摄像头不能用',
  'do.camera': '请在浏览器地址栏左侧允许使用摄像头，关掉正在使用摄像头的其他软件，再查一次。没有摄像头也可以只用声音。',
  'advice.microphone': '麦克风不能用，别人会听不到您',
  'do.microphone': '请在浏览器地址栏左侧允许使用麦克风，检查麦克风是否插好，再查一次。',
  'advice.blocked': '当前网络不允许视频连线',
  'do.blocked': '请换一个网络，例如用手机流量；在单位里，请让网络管理员放行本服务的视频端口。您仍然可以观看直播、评论和表决。',
  'advice.relayed': '视频会走中转线路，可以参会',
  'do.relayed': '当前网络拦住了直接的线路，会自动改走中转，不用您做什么。',
  'advice.relayed_slow': '视频只能走备用线路，可能会卡',
  'do.relayed_slow': '当前网络只让网页通过。可以参会；如果画面卡，请换用手机流量或别的网络。',
  'advice.slow': '网络比较慢，画面可能不清楚',
  'do.slow': '请靠近路由器，或者请家里其他人暂时不要看视频、下载；也可以只用声音。',
  'advice.far': '声音会慢一点',
  'do.far': '到会议服务的路比较远。发言时请多等一秒再接话。',
}

export type CheckKey = keyof typeof checkZh

export const checkEn: Record<CheckKey, string> = {
  title: 'Check before the meeting',
  lead: 'See whether this device and network can join by video. It takes about half a minute, and nobody sees or hears you.',
  start: 'Start the check',
  again: 'Check again',
  running: 'Checking…',
  link: 'Check device and network',
  done: 'Result',

  'step.secure': 'Secure page',
  'step.camera': 'Camera',
  'step.microphone': 'Microphone',
  'step.socket': 'Meeting service',
  'step.direct': 'Video line (direct)',
  'step.relay_udp': 'Video line (relayed)',
  'step.relay_tcp': 'Spare line (TCP)',
  'step.relay_tls': 'Spare line (encrypted)',
  'step.rate': 'Network speed',

  'outcome.waiting': 'Waiting',
  'outcome.good': 'Works',
  'outcome.bad': 'Does not work',
  'outcome.off': 'Not set up',

  rate: '{n} Mbit/s, {ms} ms there and back',

  'advice.waiting': 'Checking…',
  'do.waiting': 'Please wait. When the browser asks, allow camera and microphone.',
  'advice.good': 'All is well: you can join by video',
  'do.good': 'When the meeting begins, open the link that you were sent.',
  'advice.no_service': 'The meeting service cannot be reached',
  'do.no_service': 'See whether you are online, or try mobile data. If that does not help, ask the meeting’s staff.',
  'advice.not_secure': 'This page is not encrypted: no camera, no microphone',
  'do.not_secure': 'Open the invitation link that you were sent (it begins with https), or ask for it again.',
  'advice.camera': 'The camera does not work',
  'do.camera': 'Allow the camera to the left of the address, close other programs that use it, and check again. Sound alone is fine too.',
  'advice.microphone': 'The microphone does not work: nobody would hear you',
  'do.microphone': 'Allow the microphone to the left of the address, see that it is plugged in, and check again.',
  'advice.blocked': 'This network does not allow video links',
  'do.blocked': 'Use another network, such as mobile data; at work, ask the administrator to open the video ports of this service. You can still watch, comment and vote.',
  'advice.relayed': 'Video will be relayed: you can join',
  'do.relayed': 'This network blocks the direct line; the relay is used by itself. You need not do anything.',
  'advice.relayed_slow': 'Video has only the spare line, and may stutter',
  'do.relayed_slow': 'This network lets only web pages through. You can join; if pictures stutter, use mobile data or another network.',
  'advice.slow': 'The network is slow: pictures may be blurred',
  'do.slow': 'Move closer to the router, or ask others at home not to watch videos meanwhile. Sound alone is fine too.',
  'advice.far': 'Sound will be a little late',
  'do.far': 'The way to the service is long. Wait a second before you answer.',
}

export const c = words<CheckKey>(checkZh, checkEn)
