import { describe, expect, test } from 'vitest'
import { MAX_AGE_MS, MAX_PENDING } from '../../src/wire/pending'
import { NOT_DELIVERED, TOO_MANY_PENDING } from '../../src/wire/socket'
import type { Command } from '../../src/wire/generated'
import { FakeBrowser, FakeStore, inside, started, welcome } from './fakes'

const YES: Command = { type: 'vote.cast', vote: 7, marks: [1, 0], at_ms: null }

describe('coming in', () => {
  test('hello is the first frame and carries no position', () => {
    const { browser } = started()
    expect(browser.wire.sent).toEqual([])
    browser.wire.onopen?.()
    expect(browser.wire.sent).toEqual([{ type: 'hello', token: 'token', resume: null, companion: false }])
  })

  test('nothing else is sent before the welcome', () => {
    const { browser, socket } = started()
    browser.wire.onopen?.()
    void socket.ask(YES)
    expect(socket.send({ type: 'link.subscribe' })).toBe(false)
    browser.pass(3_000)
    expect(browser.wire.sent).toHaveLength(1)
    browser.wire.say(welcome())
    expect(browser.wire.of('command')).toHaveLength(1)
  })

  test('a service that does not welcome within ten seconds is left and tried again', () => {
    const { browser, heard } = started()
    browser.wire.onopen?.()
    browser.pass(12_000)
    expect(browser.wires[0]?.closed).toBe(true)
    expect(browser.wires).toHaveLength(2)
    expect(heard.connections.map((one) => one.state)).toContain('waiting')
  })
})

describe('accompanying', () => {
  test('says hello anew as a companion, from where it was, and the old wire is left', () => {
    const { browser, socket, heard } = inside()
    browser.wire.say({ type: 'update', offset: 42, sections: {} })
    socket.accompany(true)
    expect(browser.wires[0]?.closed).toBe(true)
    expect(heard.state).toBe('connecting')
    browser.wire.onopen?.()
    expect(browser.wire.of('hello')[0]).toMatchObject({ companion: true, resume: { offset: 42 } })
    socket.accompany(true)
    expect(browser.wires).toHaveLength(2)
  })
})

describe('coming back', () => {
  test('the position of the last update is resumed', () => {
    const { browser, heard } = inside()
    browser.wire.say({ type: 'update', offset: 42, sections: {} })
    browser.wire.onclose?.({ code: 1006 })
    expect(heard.state).toBe('waiting')
    browser.pass(1_000)
    browser.wire.onopen?.()
    expect(browser.wire.sent).toEqual([
      {
        type: 'hello',
        token: 'token',
        resume: { epoch: 'first', offset: 42, audience: 'viewer' },
        companion: false,
      },
    ])
  })

  test('a welcome that resumes leaves sections alone; one that does not makes the next update fresh', () => {
    const { browser, heard } = inside()
    browser.wire.say({ type: 'update', offset: 11, sections: {} })
    browser.wire.say({ type: 'update', offset: 12, sections: {} })
    browser.wire.onclose?.({ code: 4000 })
    browser.pass(1_000)
    browser.wire.onopen?.()
    browser.wire.say(welcome({ resumed: true }))
    browser.wire.say({ type: 'update', offset: 13, sections: {} })
    browser.wire.onclose?.({ code: 4000 })
    browser.pass(1_000)
    browser.wire.onopen?.()
    browser.wire.say(welcome({ epoch: 'second' }))
    browser.wire.say({ type: 'update', offset: 3, sections: {} })
    expect(heard.updates).toEqual([
      { offset: 11, fresh: true },
      { offset: 12, fresh: false },
      { offset: 13, fresh: false },
      { offset: 3, fresh: true },
    ])
    browser.wire.onclose?.({ code: 4000 })
    browser.pass(1_000)
    browser.wire.onopen?.()
    expect(browser.wire.of('hello')[0]?.resume).toEqual({ epoch: 'second', offset: 3, audience: 'viewer' })
  })

  test('attempts are spaced further and further, and a welcome starts the count anew', () => {
    const { browser, heard } = started()
    const waits: number[] = []
    for (let n = 0; n < 4; n += 1) {
      const before = browser.now
      const wires = browser.wires.length
      browser.wire.onclose?.({ code: 1006 })
      while (browser.wires.length === wires) browser.pass(25)
      waits.push(browser.now - before)
    }
    expect(waits).toEqual([375, 750, 1_500, 3_000])
    browser.wire.onopen?.()
    browser.wire.say(welcome())
    browser.wire.onclose?.({ code: 1006 })
    expect(heard.connections.at(-1)).toEqual({ state: 'waiting', attempt: 1 })
  })

  test.each([4500, 4501, 4502, 4505, 4999])('close code %i ends it for good', (code) => {
    const { browser, heard } = inside()
    browser.wire.onclose?.({ code })
    browser.pass(120_000)
    expect(browser.wires).toHaveLength(1)
    expect(heard.connections.at(-1)).toEqual({ state: 'stopped', code })
  })

  test('who was put out reads the reason that the host gave', () => {
    const { browser, heard } = inside()
    browser.wire.onclose?.({ code: 4507, reason: '反复打断他人' })
    expect(heard.connections.at(-1)).toEqual({ state: 'stopped', code: 4507, reason: '反复打断他人' })
  })

  test.each([1000, 1006, 1009, 1012, 4000, 4004, 4499])('close code %i means: come again', (code) => {
    const { browser } = inside()
    browser.wire.onclose?.({ code })
    browser.pass(1_000)
    expect(browser.wires).toHaveLength(2)
  })

  test('a network that comes back is used at once', () => {
    const { browser, socket } = started()
    for (let n = 0; n < 5; n += 1) {
      browser.wire.onclose?.({ code: 1006 })
      if (n < 4) browser.pass(15_000)
    }
    const before = browser.wires.length
    socket.hurry()
    expect(browser.wires).toHaveLength(before + 1)
    browser.pass(9_000) // the wait that was cut short does not open a second one
    expect(browser.wires).toHaveLength(before + 1)
  })

  test('in doubt, a socket that answers stays', () => {
    const { browser, socket } = inside()
    browser.pass(900)
    socket.hurry()
    socket.hurry()
    const [, ping] = browser.wire.of('ping')
    expect(browser.wire.of('ping')).toHaveLength(2) // one at the welcome, one to prove itself
    browser.pass(300)
    browser.wire.say({ type: 'pong', sent_ms: ping?.sent_ms ?? 0, server_ms: 0 })
    browser.pass(5_000)
    expect(browser.wires).toHaveLength(1)
  })

  test('in doubt, a socket that says nothing is given up soon, and another one opened', () => {
    const { browser, heard, socket } = inside()
    browser.pass(1_000)
    socket.hurry()
    browser.pass(399)
    expect(browser.wires).toHaveLength(1)
    browser.pass(1)
    expect(browser.wires).toHaveLength(2)
    expect(browser.wires[0]?.closed).toBe(true)
    expect(heard.state).toBe('connecting')
    browser.pass(400) // the new one is not in doubt
    expect(browser.wires).toHaveLength(2)
  })

  test('a wire that was given up is not listened to any more', () => {
    const { browser, heard } = inside()
    const old = browser.wire
    browser.pass(26_000) // silence
    expect(old.closed).toBe(true)
    browser.pass(1_000)
    const count = browser.wires.length
    old.onclose?.({ code: 4505 })
    old.say({ type: 'update', offset: 99, sections: {} })
    expect(heard.state).not.toBe('stopped')
    expect(heard.updates).toEqual([])
    expect(browser.wires).toHaveLength(count)
  })
})

describe('commands', () => {
  test('the answer of the same id resolves the question', async () => {
    const { browser, socket } = inside()
    const asked = socket.ask(YES)
    const refused = socket.ask(YES)
    const [first, second] = browser.wire.of('command')
    browser.wire.say({ type: 'refusal', id: second!.id, code: 'vote.already_cast', detail: '' })
    browser.wire.say({ type: 'result', id: first!.id, offset: 57, paper: null })
    expect(await asked).toEqual({ ok: true, offset: 57 })
    expect(await refused).toEqual({ ok: false, code: 'vote.already_cast', detail: '' })
  })

  test('an unanswered command goes again with the same id after a reconnect', async () => {
    const { browser, socket } = inside()
    const asked = socket.ask(YES)
    const [first] = browser.wire.of('command')
    browser.wire.onclose?.({ code: 1006 })
    browser.pass(1_000)
    browser.wire.onopen?.()
    browser.wire.say(welcome({ resumed: true }))
    expect(browser.wire.of('command')).toEqual([first])
    browser.wire.say({ type: 'result', id: first!.id, offset: 58, paper: null })
    expect(await asked).toEqual({ ok: true, offset: 58 })
  })

  test('an unanswered command goes again on the same connection after five seconds', () => {
    const { browser, socket } = inside()
    void socket.ask(YES)
    browser.pass(4_000)
    expect(browser.wire.of('command')).toHaveLength(1)
    browser.wire.say({ type: 'error', code: 'frame.too_frequent', detail: '' })
    browser.pass(2_000)
    const ids = browser.wire.of('command').map((frame) => frame.id)
    expect(ids).toEqual([ids[0], ids[0]])
  })

  test('an answered command is never sent again, and a second answer changes nothing', async () => {
    const { browser, heard, socket } = inside()
    const asked = socket.ask(YES)
    const id = browser.wire.of('command')[0]!.id
    browser.wire.say({ type: 'result', id, offset: 57, paper: null })
    browser.wire.say({ type: 'result', id, offset: 58, paper: null })
    expect(await asked).toEqual({ ok: true, offset: 57 })
    browser.pass(9_000)
    expect(browser.wire.of('command')).toHaveLength(1)
    expect(heard.lates).toEqual([])
  })

  test('a command outlives the page: the next one sends it and hears the answer', () => {
    const store = new FakeStore()
    const before = inside(new FakeBrowser(store, 'before'))
    void before.socket.ask(YES)
    const id = before.browser.wire.of('command')[0]!.id

    const after = inside(new FakeBrowser(store, 'after'))
    expect(after.browser.wire.of('command')).toEqual([{ type: 'command', id, command: YES }])
    after.browser.wire.say({ type: 'result', id, offset: 60, paper: null })
    expect(after.heard.lates).toEqual([{ type: 'vote.cast', answer: { ok: true, offset: 60 } }])
    expect(store.kept.size).toBe(0)
  })

  test('a command older than ten minutes is given up, not delivered late', async () => {
    const store = new FakeStore()
    const { browser, socket } = inside(new FakeBrowser(store))
    const asked = socket.ask({ type: 'meeting.close' })
    browser.wire.onclose?.({ code: 1006 })
    browser.pass(MAX_AGE_MS + 2_000)
    expect(await asked).toEqual({ ok: false, code: NOT_DELIVERED, detail: '' })
    browser.wire.onopen?.()
    browser.wire.say(welcome())
    expect(browser.wire.of('command')).toEqual([])
    expect(store.kept.size).toBe(0)
  })

  test('no more commands wait than are kept', async () => {
    const { browser, socket } = started()
    for (let n = 0; n < MAX_PENDING; n += 1) void socket.ask(YES)
    expect(await socket.ask(YES)).toEqual({ ok: false, code: TOO_MANY_PENDING, detail: '' })
    browser.wire.onopen?.()
    browser.wire.say(welcome())
    expect(browser.wire.of('command')).toHaveLength(MAX_PENDING)
  })

  test('spoilt storage, or none, is as good as empty', async () => {
    const store = new FakeStore()
    store.setItem('yishi.pending.token', '[{"id": 3}, null, "x"]')
    expect(inside(new FakeBrowser(store)).browser.wire.of('command')).toEqual([])
    store.setItem('yishi.pending.token', '{')
    expect(inside(new FakeBrowser(store)).browser.wire.of('command')).toEqual([])
    const { browser, socket } = inside(new FakeBrowser(null))
    const asked = socket.ask(YES)
    browser.wire.say({ type: 'result', id: browser.wire.of('command')[0]!.id, offset: 1, paper: null })
    expect((await asked).ok).toBe(true)
  })
})

describe('keeping the connection', () => {
  test('pings go every second until the clock is settled, then every ten seconds', () => {
    const { browser, heard, socket } = inside()
    const sent = () => browser.wire.of('ping')
    expect(sent()).toEqual([{ type: 'ping', sent_ms: browser.now }])
    for (let n = 1; n <= 5; n += 1) {
      const sent_ms = sent().at(-1)?.sent_ms ?? 0
      browser.now += 40
      browser.wire.say({ type: 'pong', sent_ms, server_ms: sent_ms + 7_020 })
      expect(heard.pongs).toBe(n)
      expect(socket.clock.offsetMs).toBe(7_000)
      if (n < 5) browser.pass(2_000)
      expect(sent().length).toBeGreaterThan(n < 5 ? n : 4)
    }
    const settled = sent().length
    browser.pass(8_000)
    expect(sent()).toHaveLength(settled)
    browser.pass(3_000)
    expect(sent()).toHaveLength(settled + 1)
  })

  test('twenty-five seconds of silence end a connection that nobody closed', () => {
    const { browser, heard } = inside()
    browser.pass(24_000)
    expect(heard.state).toBe('open')
    browser.pass(3_000)
    expect(browser.wires[0]?.closed).toBe(true)
    expect(heard.connections.map((one) => one.state)).toContain('waiting')
  })

  test('anything heard keeps it', () => {
    const { browser } = inside()
    for (let n = 0; n < 6; n += 1) {
      browser.pass(20_000)
      browser.wire.say({ type: 'update', offset: n, sections: {} })
    }
    expect(browser.wires).toHaveLength(1)
  })

  test('stop says nothing more and keeps what waits', () => {
    const store = new FakeStore()
    const { browser, heard, socket } = inside(new FakeBrowser(store))
    void socket.ask(YES)
    socket.stop()
    browser.pass(60_000)
    expect(browser.wires).toHaveLength(1)
    expect(heard.connections.at(-1)).toEqual({ state: 'stopped', code: null })
    expect(store.kept.size).toBe(1)
  })

  test('a frame type of a later service is passed over', () => {
    const { browser, heard } = inside()
    browser.wire.onmessage?.({ data: '{"type":"greeting"}' })
    browser.wire.onmessage?.({ data: new ArrayBuffer(3) })
    expect(heard.state).toBe('open')
  })
})
