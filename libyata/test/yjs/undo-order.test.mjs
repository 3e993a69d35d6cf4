// SPDX-License-Identifier: MIT
// What is redone gets its clocks in the order in which it was deleted, client by client: so that order is Yjs', too.
import assert from 'node:assert/strict'
import * as Y from 'yjs'
import { scenario } from './scenarios.mjs'
import { manage } from './steps.mjs'

/** What a client writes who knows these updates. */
const write = (clientID, known, edit) => {
  const y = new Y.Doc()
  for (const update of known) Y.applyUpdate(y, update)
  y.clientID = clientID // now: Yjs takes another one when it hears of its own
  const before = Y.encodeStateVector(y)
  edit(y)
  return Y.encodeStateAsUpdate(y, before)
}

/** The twin takes an update as what undo managers track: one of no origin, or of one. */
const take = async (twin, update, origin = 0) => {
  Y.applyUpdate(twin.y, update, origin === 0 ? null : origin)
  await twin.c.applyAs(update, origin, 0)
  await twin.same()
}

scenario('what a type holds was deleted before what is behind it', 1, { clientID: 9 }, async a => {
  const l = await a.root('a')
  const outer = write(1, [], y => y.getArray('a').insert(0, [new Y.XmlElement('p')]))
  const list = write(2, [outer], y => y.getArray('a').get(0).setAttribute('list', new Y.Array()))
  const key = write(4, [outer, list], y => y.getArray('a').get(0).setAttribute('key', 'value'))
  const inner = write(3, [outer, list], y => y.getArray('a').get(0).getAttribute('list').insert(0, ['inner', new Y.Map()]))
  const deep = write(5, [outer, list, inner], y => y.getArray('a').get(0).getAttribute('list').get(1).set('k', 1))
  const child = write(6, [outer], y => y.getArray('a').get(0).insert(0, [new Y.XmlText('text')]))
  for (const update of [outer, list, key, inner, deep, child]) await a.take(update)
  const manager = await manage(a, [l])
  await a.unlist(l, 0, 1)
  const clients = [...a.y.store.clients.keys()].filter(client => client !== 9)
  assert.deepEqual(clients, [1, 2, 4, 3, 5, 6])
  await manager.undo()
  await manager.redo()
  await manager.undo()
})

// The highest client's text waits for the lowest's: so Yjs integrates both before that in the middle.
scenario('what an update waits for comes before what stands between', 1, { clientID: 4 }, async a => {
  const m = await a.root('m')
  const t = await a.root('t')
  const manager = await manage(a, [m, t])
  const low = write(1, [], y => {
    y.getText('t').insert(0, 'low')
    y.getMap('m').set('low', 1)
  })
  const middle = write(2, [], y => y.getMap('m').set('middle', 2))
  const high = write(3, [low], y => {
    y.getText('t').insert(1, 'high')
    y.getMap('m').set('high', 3)
  })
  await take(a, Y.mergeUpdates([low, middle, high]))
  const keys = Object.keys(m[0].toJSON())
  assert.deepEqual(keys, ['high', 'middle', 'low'])
  assert.deepEqual(Object.keys(JSON.parse(await a.c.typeJson(m[1]))), keys)
  for (const what of ['undo', 'redo', 'undo', 'redo']) await manager[what]()
})

const format = (name, value) => y => y.getText(name).format(0, 1, { b: value })

scenario('formats are tidied up from the first on', 1, { clientID: 9 }, async a => {
  await a.root('t')
  const text = write(1, [], y => y.getText('t').insert(0, 'text'))
  const formats = [2, 3, 4].map(client => write(client, [text], format('t', client)))
  await a.take(text)
  const manager = await manage(a, [])
  await a.take(Y.mergeUpdates(formats))
  await manager.undo()
  await manager.redo()
})

// The document knew client 4 before client 5; the update has 5 before 4.
scenario('formats are tidied up in the order of the clients that wrote some', 1, { clientID: 9 }, async a => {
  await a.root('t')
  await a.root('x')
  const texts = y => [y.getText('t'), y.get('x', Y.XmlText)]
  const first = write(1, [], y => texts(y).forEach(text => text.insert(0, 'text')))
  const formats = [2, 3].map((client, i) => write(client, [first], y => texts(y)[i].format(0, 1, { b: client })))
  const keys = [4, 5].map(client => write(client, [], y => y.getMap('m').set('k', client)))
  const more = [4, 5].map((client, i) => write(client, [first, keys[i]], y => texts(y)[i].format(0, 1, { b: client })))
  for (const update of [first, ...formats, ...keys]) await a.take(update)
  const manager = await manage(a, [])
  await a.take(Y.mergeUpdates(more))
  await manager.undo()
  await manager.redo()
})

// For a manager of the whole document each of the transactions that Yjs makes in turn is a step: where the steps to redo
// are forgotten, where formats are tidied up, where a sub-document goes.
scenario('what follows an update comes in order', 1, { clientID: 9 }, async a => {
  await a.root('t')
  const m = await a.root('m')
  const first = write(1, [], y => {
    y.getText('t').insert(0, 'text')
    y.getMap('m').set('doc', new Y.Doc())
  })
  const formats = [2, 3].map(client => write(client, [first], y => y.getText('t').format(0, 1, { b: client })))
  const gone = write(4, [first], y => y.getMap('m').delete('doc'))
  await a.take(first)
  await a.take(formats[0])
  const manager = await manage(a, [])
  await a.set(m, 'k', 1)
  await manager.undo()
  await take(a, Y.mergeUpdates([formats[1], gone]))
  await manager.undo() // the formats
  await manager.undo() // the update
  await manager.undo(false)
})

// The narrow manager forgets what it could redo; that is a step of the wide one, which then forgets, too: a step behind
// the formats that were tidied up.
scenario('what follows from what follows an update comes behind its formats', 1, { clientID: 9 }, async a => {
  await a.root('t')
  const m = await a.root('m')
  const first = write(1, [], y => y.getText('t').insert(0, 'text'))
  const formats = [2, 3].map(client => write(client, [first], y => y.getText('t').format(0, 1, { b: client })))
  const [one, other] = [4, 5].map(client => write(client, [], y => y.getMap('m').set('k', client)))
  await a.take(first)
  await a.take(formats[0])
  const wide = await manage(a, [])
  const narrow = await manage(a, [m], { origins: [2], n: 1 })
  await take(a, one, 2)
  await narrow.undo()
  await a.set(m, 'z', 1)
  await wide.undo()
  await take(a, Y.mergeUpdates([formats[1], other]), 2)
  await wide.depths()
  await wide.undo()
  await wide.undo(false)
})

// Cleaning up does not merge what was redone, once something splits it: and Yjs does so for what it knows already.
scenario('what is known already splits what was redone', 1, { gc: false, clientID: 9 }, async a => {
  const t = await a.root('t')
  const first = write(1, [], y => y.getText('t').insert(0, 'abc'))
  const second = write(1, [first], y => y.getText('t').insert(3, 'd'))
  await a.take(first)
  await a.take(second)
  const manager = await manage(a, [t])
  await a.erase(t, 0, 4)
  await manager.undo()
  await a.take(second)
  await a.text(t, 'abcd')
})

// Two steps of one manager are one of the other, which undoes it: so the two parts of what was deleted became one.
scenario('letting go of steps splits what was redone', 1, { clientID: 9 }, async a => {
  const t = await a.root('t')
  await a.insert(t, 0, 'abcdef')
  const wide = await manage(a, [t], { timeout: 500, n: 1 })
  const narrow = await manage(a, [t])
  for (let i = 0; i < 2; i++) await a.step(() => t[0].delete(0, 2), () => a.c.deleteText(t[1], 0, 2), { ms: 1 })
  await wide.undo()
  await a.text(t, 'abcdef')
  await narrow.clear()
})

scenario('what is known already parts a pair that was deleted', 1, { clientID: 9 }, async a => {
  const l = await a.root('a')
  const outer = write(1, [], y => y.getArray('a').insert(0, [new Y.Text('😀')]))
  const within = write(2, [outer], y => y.getArray('a').get(0).insert(1, 'é'))
  await a.take(outer)
  const manager = await manage(a, [l])
  await a.unlist(l, 0, 1)
  await a.take(write(2, [], y => {
    for (const update of [outer, a.updates.at(-1), within]) Y.applyUpdate(y, update)
  }))
  await a.take(within)
  await manager.undo()
  assert.equal(l[0].get(0).toString(), '\ufffd\ufffd')
})
