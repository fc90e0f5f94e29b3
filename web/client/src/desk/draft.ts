/** The draft of the minutes as the desk edits it; web/minutes.py sends it. */

export type BlockKind = 'speech' | 'vote' | 'note' | 'conclusion' | 'task'

export interface DraftBlock {
  id: string
  kind: BlockKind
  item: number | null
  /** Offsets of the entries that it is about. */
  sources: number[]
  text: string
  department: string
  due: string
}

export interface Draft {
  version: 1
  /** Last entry of the record that it tells of. */
  through: number
  title: string
  comments: 'all' | 'liked' | 'none'
  blocks: DraftBlock[]
}

export interface Fact {
  kind: 'speech' | 'vote'
  label: string
  when: string
  at_ms: number
  url: string
}

export interface DraftView {
  /** 0: none was saved. */
  revision: number
  sha256: string
  draft: Draft
  additions: DraftBlock[]
  head: number
  items: { id: number; number: number; title: string }[]
  facts: Record<string, Fact>
  needed: ('host' | 'clerk')[]
}

export interface Signature {
  signed_as: 'host' | 'clerk'
  revision: number
  sha256: string
}

export interface Matter {
  id: number | null
  title: string
  blocks: DraftBlock[]
}

/** The blocks under their agenda items; what stands outside of the agenda comes last. */
export function matters(view: DraftView, draft: Draft): Matter[] {
  const found: Matter[] = view.items.map(({ id, number, title }) => ({
    id,
    title: `${number}. ${title}`,
    blocks: draft.blocks.filter((block) => block.item === id),
  }))
  const rest = draft.blocks.filter((block) => block.item === null)
  if (rest.length || !found.length) found.push({ id: null, title: '', blocks: rest })
  return found
}

/** A block of the clerk's own, under an item; its id is free in the draft. */
export function addBlock(draft: Draft, kind: BlockKind, item: number | null): DraftBlock {
  const used = new Set(draft.blocks.map((block) => block.id))
  let n = draft.blocks.length + 1
  while (used.has(`n${n}`)) n += 1
  const block: DraftBlock = { id: `n${n}`, kind, item, sources: [], text: '', department: '', due: '' }
  draft.blocks.push(block)
  return block
}

/** The draft with what happened since; it tells of the whole record then. */
export function withAdditions(view: DraftView, draft: Draft): Draft {
  const used = new Set(draft.blocks.map((block) => block.id))
  const fresh = view.additions.filter((block) => !used.has(block.id))
  return { ...draft, through: view.head, blocks: [...draft.blocks, ...fresh] }
}

/** Who has to sign this revision yet. */
export function missing(view: DraftView, signatures: readonly Signature[]): ('host' | 'clerk')[] {
  const signed = new Set(
    signatures
      .filter((one) => one.revision === view.revision && one.sha256 === view.sha256)
      .map((one) => one.signed_as),
  )
  return view.needed.filter((one) => !signed.has(one))
}
