// SPDX-License-Identifier: MIT
// What the interface of libyata does not make itself is made by yjs here: formatting, embeds, XML,
// sub-documents, content of old clients. libyata must carry it: a document that took the updates
// of others encodes, and shows its text, as a yjs document does that took the same.
import assert from 'node:assert/strict'
import test from 'node:test'
import * as Y from 'yjs'
import { Driver, YataDoc } from './driver.mjs'
import { Random } from './random.mjs'
import { baseSeed, seededTest } from './seeded.mjs'

const equal = (ours, theirs, what) => assert.equal(Buffer.from(ours).toString('hex'),
  Buffer.from(theirs).toString('hex'), what)

const attributes = [{ bold: true }, { bold: null }, { link: { href: 'x' } }, { link: null }, {}]

function editText (random, text) {
  const at = random.below(text.length + 1)
  const rest = text.length - at
  switch (random.below(6)) {
    case 0: return text.insertEmbed(at, { image: 'é😀.png' })
    case 1: return text.format(at, Math.min(rest, 1 + random.below(5)), random.pick(attributes))
    case 2: return text.insert(at, random.pick(['a', '😀', 'word ']), random.pick(attributes))
    case 3: return text.delete(at, Math.min(rest, random.below(4)))
    default: return text.insert(at, random.pick(['b', '😀x', 'some text']))
  }
}

function editXml (random, fragment) {
  const at = random.below(fragment.length + 1)
  switch (random.below(4)) {
    case 0: {
      const element = new Y.XmlElement(random.pick(['p', 'DIV', 'h1']))
      element.setAttribute('k', 'v"<')
      fragment.insert(at, [element])
      return element.insert(0, [new Y.XmlText('some <text>')])
    }
    case 1: return fragment.insert(at, [new Y.XmlText('plain')])
    case 2: return fragment.insert(at, [new Y.XmlHook('hook')])
    default: return at < fragment.length ? fragment.delete(at, 1) : undefined
  }
}

function editArray (random, array) {
  const at = random.below(array.length + 1)
  switch (random.below(3)) {
    case 0: return array.insert(at, [new Y.Doc({ guid: `sub-${random.below(9)}`, autoLoad: random.chance(0.5) })])
    case 1: return array.insert(at, [new Uint8Array([random.below(256)])])
    default: return at < array.length ? array.delete(at, 1) : undefined
  }
}

// A twin takes updates only, and knows no root by its kind: so yjs does not tidy formats up.
async function session (driver, seed) {
  const random = new Random(seed)
  const peers = [1, 2, 3].map(() => new Y.Doc())
  peers.forEach((peer, i) => { peer.clientID = random.below(2 ** 32) + i })
  const twin = new Y.Doc({ gc: random.chance(0.7) })
  const ours = new YataDoc(driver, 0)
  await ours.create(7, twin.gc)
  const updates = []
  peers.forEach((peer, i) => peer.on('update', update => {
    updates.push(update)
    peers.forEach((other, j) => { if (i !== j && random.chance(0.6)) Y.applyUpdate(other, update) })
  }))
  for (let step = 0; step < 60; step++) {
    const peer = random.pick(peers)
    if (random.chance(0.7)) editText(random, peer.getText('text'))
    else if (random.chance(0.6)) editXml(random, peer.getXmlFragment('xml'))
    else editArray(random, peer.getArray('array'))
    while (updates.length > 0 && random.chance(0.7)) {
      const [update] = updates.splice(random.chance(0.8) ? 0 : random.below(updates.length), 1)
      Y.applyUpdate(twin, update)
      await ours.apply(update)
      equal(await ours.encode(), Y.encodeStateAsUpdate(twin), `step ${step}`)
    }
  }
  for (const update of updates) {
    Y.applyUpdate(twin, update)
    await ours.apply(update)
  }
  equal(await ours.encode(), Y.encodeStateAsUpdate(twin), 'in the end')
  const text = await ours.root('t', 'text')
  assert.equal(await ours.readText(text), twin.getText('text').toString())
  const again = new Y.Doc()
  Y.applyUpdate(again, await ours.encode())
  assert.deepEqual(again.getText('text').toDelta(), twin.getText('text').toDelta())
  assert.equal(again.getXmlFragment('xml').toString(), twin.getXmlFragment('xml').toString())
}

seededTest('formatting, XML and sub-documents are carried faithfully', { sessions: 100, budgetMs: 15000 }, session)

test('text typed into formatted text takes on its formatting, as in yjs', async t => {
  const driver = new Driver()
  t.after(() => driver.close())
  for (let index = 0; index <= 9; index++) {
    const theirs = new Y.Doc()
    theirs.clientID = 5
    theirs.getText('text') // known as text before formats arrive, as an editor would have it
    const made = new Y.Doc()
    made.clientID = 9
    made.getText('text').insert(0, 'plain')
    made.getText('text').insert(5, 'bold', { bold: true })
    made.getText('text').format(3, 4, { italic: true })
    const ours = new YataDoc(driver, 0)
    await ours.create(5)
    const update = Y.encodeStateAsUpdate(made)
    Y.applyUpdate(theirs, update)
    await ours.apply(update)
    let local
    theirs.on('update', u => { local = u })
    theirs.getText('text').insert(index, 'X😀')
    const text = await ours.root('t', 'text')
    await ours.begin()
    await ours.insertText(text, index, 'X😀')
    equal(await ours.commit(), local, `at ${index}`)
    equal(await ours.encode(), Y.encodeStateAsUpdate(theirs), `at ${index}`)
  }
})

test('deleting formatted text deletes the formats that nothing needs, as in yjs', async t => {
  const driver = new Driver()
  t.after(() => driver.close())
  const random = new Random(baseSeed)
  t.diagnostic(`YATA_SEED=${baseSeed}`)
  const made = new Y.Doc()
  made.clientID = 9
  made.getText('text').insert(0, 'some words to begin with')
  for (let i = 0; i < 30; i++) editText(random, made.getText('text'))
  for (let round = 0; round < 60; round++) {
    const theirs = new Y.Doc()
    theirs.clientID = 5
    const ytext = theirs.getText('text')
    const ours = new YataDoc(driver, 0)
    await ours.create(5)
    const text = await ours.root('t', 'text')
    Y.applyUpdate(theirs, Y.encodeStateAsUpdate(made))
    await ours.apply(Y.encodeStateAsUpdate(theirs)) // after yjs tidied up what came
    let local
    theirs.on('update', u => { local = u })
    for (let i = 0; i < 4 && ytext.length > 0; i++) {
      const at = random.below(ytext.length)
      const count = 1 + random.below(Math.min(8, ytext.length - at))
      ytext.delete(at, count)
      await ours.begin()
      await ours.deleteText(text, at, count)
      equal(await ours.commit(), local, `round ${round}, deletion ${i}`)
      equal(await ours.encode(), Y.encodeStateAsUpdate(theirs), `round ${round}, deletion ${i}`)
    }
  }
})

test('content of the first clients (JSON) is carried faithfully', async t => {
  const driver = new Driver()
  t.after(() => driver.close())
  const doc = new Y.Doc()
  doc.clientID = 3
  doc.transact(tr => {
    const content = new Y.ContentJSON([1, undefined, { a: [null, 'é'] }, 'x'])
    new Y.Item(Y.createID(3, 0), null, null, null, null, doc.getArray('a'), null, content).integrate(tr, 0)
  })
  doc.getArray('a').delete(1, 1)
  const ours = new YataDoc(driver, 0)
  await ours.create(4)
  await ours.apply(Y.encodeStateAsUpdate(doc))
  equal(await ours.encode(), Y.encodeStateAsUpdate(doc))
  assert.deepEqual(await ours.json(), { a: [1, { a: [null, 'é'] }, 'x'] })
})
