import { describe, expect, test } from 'vitest'
import {
  invitees,
  linksTable,
  linkState,
  linkWords,
  mayInvite,
  type Given,
  type Invitation,
} from '../../src/desk/invitations'

const NOW_MS = Date.UTC(2026, 10, 22, 12)
const AT_S = NOW_MS / 1000

const link = (about: Partial<Invitation> = {}): Invitation => ({
  id: 'i1',
  person: 'li',
  name: '李娟',
  office: '住建局',
  role: 'participant',
  issued_s: AT_S - 3600,
  ends_s: AT_S + 3600,
  revoked_s: null,
  first_s: null,
  last_s: null,
  ...about,
})

describe('a link', () => {
  test('holds until its last second, or until it is withdrawn', () => {
    expect(linkState(link({ ends_s: AT_S + 1 }), NOW_MS)).toBe('valid')
    expect(linkState(link({ ends_s: AT_S }), NOW_MS)).toBe('ended')
    expect(linkState(link({ revoked_s: AT_S - 1 }), NOW_MS)).toBe('withdrawn')
    expect(linkState(link({ ends_s: AT_S - 1, revoked_s: AT_S - 9 }), NOW_MS)).toBe('withdrawn')
  })

  test('says whether somebody came by it', () => {
    expect(linkWords(link(), NOW_MS, 'zh-CN')).toMatch(/^有效至 11月2\d日.* · 未用过$/)
    expect(linkWords(link({ first_s: AT_S, last_s: AT_S }), NOW_MS, 'zh-CN')).toMatch(/ · 11月2\d日.* 用过$/)
    expect(linkWords(link({ first_s: AT_S - 60, last_s: AT_S }), NOW_MS, 'zh-CN')).toMatch(/ · 用过，最近 11月/)
    expect(linkWords(link({ revoked_s: AT_S }), NOW_MS, 'zh-CN')).toMatch(/已撤回 · 未用过$/)
  })
})

describe('who can be invited', () => {
  test('by the clerk nobody who runs the meeting', () => {
    const roles = ['host', 'deputy', 'clerk', 'participant', 'viewer', 'room', 'display'] as const
    expect(roles.filter((role) => !mayInvite('clerk', role))).toEqual(['host', 'deputy'])
    expect(roles.every((role) => mayInvite('host', role) && mayInvite('deputy', role))).toBe(true)
  })

  const known = [
    { id: 'wang', name: '王秀兰', office: '', role: 'host' as const },
    { id: 'li', name: '李娟', office: '住建局', role: 'participant' as const },
    { id: 'gone', name: '', office: '', role: 'participant' as const },
  ]

  test('everybody once, with the own links in the order of the answer', () => {
    const links = [link({ id: 'new' }), link({ id: 'room', person: 'room', name: '会场', role: 'room' }), link({ id: 'old' })]
    const found = invitees(links, [...known, ...known])
    expect(found.map((one) => [one.id, ...one.links.map((link) => link.id)])).toEqual([
      ['wang'],
      ['li', 'new', 'old'],
      ['room', 'room'],
    ])
  })

  test('nobody whose name was deleted', () => {
    expect(invitees([link({ person: 'gone', name: '', role: null })], known).map((one) => one.id)).toEqual(['wang', 'li'])
  })
})

describe('the table of links', () => {
  const given = (name: string): Given => ({
    id: 'i1',
    person: 'p',
    name,
    office: '办公室 "一"',
    role: 'clerk',
    ends_s: AT_S,
    link: 'https://yishi.lan/join#t=abc',
  })

  test('opens in a spreadsheet as it is', () => {
    const [head, row, end] = linksTable([given('周晓')], () => '书记员', 'zh-CN').split('\r\n')
    expect(head).toBe('\ufeff"姓名","单位职务","角色","链接","有效至"')
    expect(row).toMatch(/^"周晓","办公室 ""一""","书记员","https:\/\/yishi\.lan\/join#t=abc","11月/)
    expect(end).toBe('')
  })

  test('holds no name that is a formula', () => {
    for (const name of ['=1+1', '+8613', '-2', '@SUM(A1)']) {
      expect(linksTable([given(name)], () => '', 'zh-CN')).toContain(`"'${name}"`)
    }
  })
})
