// SPDX-License-Identifier: MIT
// Updates in version 2, read: their version 1 must be that of yjs, byte for byte.
import assert from 'node:assert/strict'
import * as Y from 'yjs'
import { YataDoc } from './driver.mjs'
import { Random } from './random.mjs'
import { seededTest } from './seeded.mjs'

const equal = (ours, theirs, what) => assert.equal(Buffer.from(ours).toString('hex'),
  Buffer.from(theirs).toString('hex'), what)

const plain = [null, true, 0, -0, 64, -1.5, 1e300, 'text', '😀', [1, ['x']], { a: {} }]
const values = [...plain, undefined, 10n]
const attributes = [{ bold: true }, { bold: null }, { link: { href: 'é"\n', n: [1, 2.5] } }, { link: null }]

function edit (random, doc) {
  const text = doc.getText('text')
  const map = doc.getMap('map')
  const array = doc.getArray('array')
  const xml = doc.getXmlFragment('xml')
  const at = random.below(text.length + 1)
  switch (random.below(12)) {
    case 0: return text.insertEmbed(at, { image: 'é😀.png', size: [1, null, { w: 0.5 }] })
    case 1: return text.format(at, Math.min(text.length - at, 3), random.pick(attributes))
    case 2: return text.insert(at, 'word', random.pick(attributes))
    case 3: return text.delete(at, Math.min(text.length - at, random.below(5)))
    case 4: return map.set(random.pick(['k', '', 'é']), random.pick(values))
    case 5: return map.set(random.pick(['k', 'inner']), new Y.Map([['deep', random.pick(values)]]))
    case 6: return array.insert(random.below(array.length + 1), [random.pick(plain), random.pick(plain)])
    case 7: return array.push([new Uint8Array([1, 2, 3]), new Y.Doc({ guid: `sub-${random.below(9)}` })])
    case 8: return array.length > 0 ? array.delete(random.below(array.length), 1) : undefined
    case 9: {
      const element = new Y.XmlElement(random.pick(['p', 'DIV']))
      xml.insert(0, [element, new Y.XmlHook('hook')])
      return element.setAttribute('k', 'v')
    }
    case 10: return xml.length > 0 ? xml.delete(random.below(xml.length), 1) : undefined
    default: return text.insert(at, random.pick(['b', '😀x', 'some text']))
  }
}

async function session (driver, seed) {
  const random = new Random(seed)
  const peers = [1, 2, 3].map(() => new Y.Doc({ gc: random.chance(0.7) }))
  peers.forEach((peer, i) => { peer.clientID = random.below(2 ** 32) + i })
  const twin = new Y.Doc()
  const ours = new YataDoc(driver, 0)
  await ours.create(7)
  const updates = []
  const inVersion1 = []
  peers.forEach(peer => {
    peer.on('updateV2', (update, origin) => { if (origin !== 'remote') updates.push(update) })
    peer.on('update', (update, origin) => { if (origin !== 'remote') inVersion1.push(update) })
  })
  for (let step = 0; step < 60; step++) {
    edit(random, random.pick(peers))
    if (random.chance(0.3)) {
      Y.applyUpdateV2(random.pick(peers), Y.encodeStateAsUpdateV2(random.pick(peers)), 'remote')
    }
  }
  for (const [i, update] of updates.entries()) {
    equal(await driver.toVersion1(update), inVersion1[i], 'an update')
    if (random.chance(0.2)) continue // so that others wait for it
    Y.applyUpdateV2(twin, update)
    await ours.apply2(update)
    equal(await ours.encode(), Y.encodeStateAsUpdate(twin), 'after an update')
  }
  for (const peer of peers) {
    const state = Y.encodeStateAsUpdateV2(peer)
    equal(await driver.toVersion1(state), Y.encodeStateAsUpdate(peer), 'a state')
    Y.applyUpdateV2(twin, state)
    await ours.apply2(state)
  }
  equal(await ours.encode(), Y.encodeStateAsUpdate(twin), 'in the end')
}

seededTest('updates in version 2 are read as yjs reads them', { sessions: 60, budgetMs: 8000 }, session)
