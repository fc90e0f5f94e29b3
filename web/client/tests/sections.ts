/** Sections as the service sends them, of a meeting in which nothing happened yet. */

import type {
  AgendaItemView,
  CommentsSection,
  FloorRules,
  FloorSection,
  HolderView,
  MeSection,
  OwnCommentView,
  PeopleSection,
  PersonView,
  VoteView,
  WaitingView,
} from '../src/wire/generated'

export function floorRules(changed: Partial<FloorRules> = {}): FloorRules {
  return {
    mode: 'open',
    order: [],
    patience: 20,
    speech_s: null,
    item_s: null,
    group_s: null,
    group_by: 'place',
    warning_s: 30,
    overtime: 'mute',
    ...changed,
  }
}

export function floorSection(changed: Partial<FloorSection> = {}): FloorSection {
  return {
    holder: null,
    interrupted: null,
    called: [],
    queue: [],
    waiting: 0,
    rules: floorRules(),
    rules_of: null,
    time: { item: null, spent_ms: 0, groups: [], group_by: 'place' },
    draw: null,
    ...changed,
  }
}

export function holderView(changed: Partial<HolderView> = {}): HolderView {
  return {
    person: 'p',
    name: '',
    office: '',
    role: 'participant',
    since_ms: 0,
    until_ms: null,
    kind: 'speech',
    side: null,
    place: 'link',
    paused: false,
    left_ms: null,
    spent_ms: 0,
    running_ms: 0,
    warning_ms: null,
    overtime: 'mute',
    over: false,
    muted: false,
    limit: 'speech',
    passed_over: 0,
    text: '',
    ...changed,
  }
}

export function waitingView(changed: Partial<WaitingView> = {}): WaitingView {
  return {
    request: 1,
    person: 'p',
    name: '',
    office: '',
    role: 'viewer',
    since_ms: 0,
    about: '',
    kind: 'speech',
    side: null,
    place: 'online',
    reply_to: null,
    reasons: [],
    behind: null,
    ...changed,
  }
}

export function agendaItem(changed: Partial<AgendaItemView> = {}): AgendaItemView {
  return {
    id: 1,
    title: '',
    minutes: null,
    state: 'pending',
    started_ms: null,
    ended_ms: null,
    kind: 'discussion',
    documents: [],
    department: '',
    planned_ms: null,
    spent_ms: 0,
    running_ms: null,
    reason: '',
    ...changed,
  }
}

export function personView(changed: Partial<PersonView> = {}): PersonView {
  return {
    id: 'p',
    name: '',
    office: '',
    role: 'participant',
    present: true,
    place: 'link',
    connected: true,
    signed_in: false,
    ...changed,
  }
}

export function peopleSection(changed: Partial<PeopleSection> = {}): PeopleSection {
  return {
    members: [],
    viewers: 0,
    viewers_listed: [],
    in_room: 0,
    quorum: null,
    lobby: { on: false, viewers: false, waiting: 0, listed: [], turned_away: [] },
    unmasked: 0,
    unmasked_listed: [],
    link: { locked: false, muted: [], stopped: [], camera: null, microphone: null, removed: [] },
    ...changed,
  }
}

export function commentsSection(changed: Partial<CommentsSection> = {}): CommentsSection {
  return {
    total: 0,
    waiting: 0,
    hidden: 0,
    hidden_by: [],
    appeals: 0,
    rules: { moderation: 'post', slow_s: 0, per_person_max: null, word_list: true },
    latest: [],
    top: [],
    questions: [],
    pinned: [],
    shown: null,
    desk: null,
    ...changed,
  }
}

export function voteView(changed: Partial<VoteView> = {}): VoteView {
  return {
    id: 7,
    question: '是否同意？',
    options: ['赞成', '反对', '弃权'],
    electors: 'members',
    rules: {
      kind: 'motion',
      min_choices: 1,
      max_choices: 1,
      score_max: 10,
      secrecy: 'named',
      majority: { of: 'cast', num: 1, den: 2, strictly: true },
      tie: 'rejected',
      results: 'hidden',
      changeable: false,
      tellers: [],
    },
    item: null,
    state: 'open',
    opened_ms: 0,
    until_ms: null,
    closing: false,
    late_until_ms: null,
    closed_ms: null,
    entitled: null,
    quorum: null,
    cast: 0,
    papers: null,
    paper_key: '',
    hands: null,
    tally: null,
    outcome: null,
    tie_broken: null,
    cancelled: null,
    roll: [],
    ...changed,
  }
}

export function meSection(changed: Partial<MeSection> = {}): MeSection {
  return {
    person: 'p',
    name: '',
    office: '',
    role: 'viewer',
    request: null,
    position: null,
    reasons: [],
    behind: null,
    holding: false,
    called: false,
    votes: {},
    liked: [],
    comments: [],
    comments_posted: 0,
    unmasked: '',
    attendance: {
      present: true,
      signed_in: false,
      place: 'online',
      lobby: null,
      reason: '',
      weight: 0,
      holder: null,
      proxies: [],
      recused: [],
    },
    link: { muted_by: null, stopped_by: null },
    may: [],
    ...changed,
  }
}

export function ownComment(changed: Partial<OwnCommentView> = {}): OwnCommentView {
  return {
    id: 1,
    text: '',
    at_ms: 0,
    state: 'public',
    held: null,
    reason: null,
    note: '',
    appeal: 'none',
    answer: '',
    ...changed,
  }
}
