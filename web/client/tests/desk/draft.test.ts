import { describe, expect, test } from 'vitest'
import {
  addBlock,
  matters,
  missing,
  withAdditions,
  type Draft,
  type DraftBlock,
  type DraftView,
} from '../../src/desk/draft'

const block = (id: string, item: number | null = null): DraftBlock => ({
  id,
  kind: 'note',
  item,
  sources: [],
  text: '',
  department: '',
  due: '',
})
const draft = (...blocks: DraftBlock[]): Draft => ({
  version: 1,
  through: 5,
  title: '协商会',
  comments: 'all',
  blocks,
})
const view = (changed: Partial<DraftView> = {}): DraftView => ({
  revision: 2,
  sha256: 'aa',
  draft: draft(),
  additions: [],
  head: 9,
  items: [{ id: 4, number: 1, title: '积水' }],
  facts: {},
  needed: ['host', 'clerk'],
  ...changed,
})

describe('the draft of the minutes', () => {
  test('stands under its agenda items, what is outside of them last', () => {
    const shown = matters(view(), draft(block('a'), block('b', 4)))
    expect(shown.map((one) => [one.title, one.blocks.map((b) => b.id)])).toEqual([
      ['1. 积水', ['b']],
      ['', ['a']],
    ])
    expect(matters(view(), draft(block('b', 4)))).toHaveLength(1)
    expect(matters(view({ items: [] }), draft())).toHaveLength(1)
  })

  test('gives a new block an id that nobody has', () => {
    const edited = draft(block('n2'))
    expect(addBlock(edited, 'task', 4)).toMatchObject({ id: 'n3', kind: 'task', item: 4 })
    expect(edited.blocks.map((one) => one.id)).toEqual(['n2', 'n3'])
  })

  test('takes what happened since, once, and tells of the whole record then', () => {
    const later = view({ additions: [block('s7', 4)] })
    const taken = withAdditions(later, draft(block('a')))
    expect(taken).toMatchObject({ through: 9 })
    expect(taken.blocks.map((one) => one.id)).toEqual(['a', 's7'])
    expect(withAdditions(later, taken).blocks).toHaveLength(2)
  })

  test('is signed for exactly this revision', () => {
    const signed = { signed_as: 'host', revision: 2, sha256: 'aa' } as const
    expect(missing(view(), [signed])).toEqual(['clerk'])
    expect(missing(view(), [{ ...signed, revision: 1 }])).toEqual(['host', 'clerk'])
    expect(missing(view(), [{ ...signed, sha256: 'bb' }])).toEqual(['host', 'clerk'])
    expect(missing(view({ needed: ['host'] }), [signed])).toEqual([])
  })
})
