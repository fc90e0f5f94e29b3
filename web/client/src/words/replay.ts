/** Words beside a recording. */

import { words } from '.'

const zh = {
  chapters: '章节',
  beside: '当时的评论',
  item: '议题',
  speech: '发言',
  vote: '表决',
  result: '表决结果',
  seek: '录像进度',
  here: '现在放到 {time}',
  nothing: '放到有评论的地方，评论会在这里出现。',
  no_chapters: '这次会议没有分章节。',
  none: '会上没有评论和表决。',
  follow: '跟着录像走',
  following: '正跟着录像走；往上翻就停下',
  stopped: '共 {n} 条，灰色的是后面的',
  more: '评论太多，只列出前 {n} 条，全部见会议记录。',
  share: '分享这一刻',
  copied: '链接已复制，发给别人就能从这里看起',
  link: '这一刻的链接',
  from: '从 {time} 看起：{what}',
  answers: '看到 {time} 时写的',
}

const en: Record<keyof typeof zh, string> = {
  chapters: 'Chapters',
  beside: 'Comments then',
  item: 'Agenda item',
  speech: 'Speech',
  vote: 'Vote',
  result: 'Result',
  seek: 'Where the recording is',
  here: 'At {time}',
  nothing: 'Comments appear here when the recording comes to them.',
  no_chapters: 'This meeting has no chapters.',
  none: 'There were no comments and no votes.',
  follow: 'Follow the recording',
  following: 'Follows the recording; scroll to stop',
  stopped: '{n} in all; grey ones come later',
  more: 'So many comments: the first {n} are listed, the minutes have all.',
  share: 'Share this moment',
  copied: 'Link copied: whoever opens it watches from here',
  link: 'Link to this moment',
  from: 'From {time}: {what}',
  answers: 'written on {time}',
}

/** The word for a key, in the language of the page. */
export const r = words(zh, en)
