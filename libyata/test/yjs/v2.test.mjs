// SPDX-License-Identifier: MIT
// Updates in version 2: what libyata writes and makes of them must be what yjs does, byte for byte.
import assert from 'node:assert/strict'
import test from 'node:test'
import * as Y from 'yjs'
import { Driver, YataDoc } from './driver.mjs'
import { Random } from './random.mjs'
import { seededTest } from './seeded.mjs'

const equal = (ours, theirs, what) => assert.equal(Buffer.from(ours).toString('hex'),
  Buffer.from(theirs).toString('hex'), what)

const plain = [null, true, 0, -0, 64, -1.5, 1e300, 2 ** 40, 'text', '😀', [1, ['x']], { a: {} }]
const values = [...plain, undefined, 10n]
const attributes = [{ bold: true }, { bold: null }, { link: { href: 'é"\n', n: [1, 2.5] } }, { link: null },
  { n: 1e21, m: 123456789012345680000, tiny: 1.5e-7, small: 0.000001, least: 5e-324, most: 1.7976931348623157e308 },
  { text: '\u2028\u0001\u007f/\\', list: [[], {}, [[{ '': null }]], false, 0.1, -2147483648, 2147483648] }]

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

// A state as old clients wrote it: a list of JSON values, which yjs 13 reads and writes but never makes.
function oldContent () {
  const text = value => [value.length, ...Buffer.from(value)]
  return Uint8Array.from([1, 1, 3, 0, 2, 1, ...text('old'), 3, ...text('{"a":1}'), ...text('undefined'), ...text('"x"'), 0])
}

async function sameFunctions (driver, random, updates, states) {
  const [a, b] = [random.pick(states), random.pick(updates)]
  equal(await driver.toVersion1(a), Y.convertUpdateFormatV2ToV1(a), 'converted to version 1')
  const v1 = Y.convertUpdateFormatV2ToV1(b)
  equal(await driver.toVersion2(v1), Y.convertUpdateFormatV1ToV2(v1), 'converted to version 2')
  assert.deepEqual([await driver.detect(a), await driver.detect(v1)], [2, 1])
  const some = updates.filter(() => random.chance(0.4))
  if (some.length > 0) equal(await driver.merge2(some), Y.mergeUpdatesV2(some), 'merged')
  const sv = Y.encodeStateVectorFromUpdateV2(random.pick(states))
  equal(await driver.diff2(a, sv), Y.diffUpdateV2(a, sv), 'the difference')
  equal(await driver.updateStateVector2(b), Y.encodeStateVectorFromUpdateV2(b), 'the state vector')
}

// The twin is encoded like yjs', against state vectors and while updates are missing, too.
async function sameState (ours, twin, sv) {
  equal(await ours.encode2(), Y.encodeStateAsUpdateV2(twin), 'the state')
  equal(await ours.encode2(sv), Y.encodeStateAsUpdateV2(twin, sv), 'the state against a state vector')
}

async function session (driver, seed) {
  const random = new Random(seed)
  const peers = [1, 2, 3].map(() => new Y.Doc({ gc: random.chance(0.7) }))
  peers.forEach((peer, i) => { peer.clientID = random.below(2 ** 32) + i })
  const twin = new Y.Doc({ gc: random.chance(0.7) })
  const ours = new YataDoc(driver, 0)
  await ours.create(7, twin.gc)
  const updates = []
  peers.forEach(peer => {
    peer.on('updateV2', (update, origin) => { if (origin !== 'remote') updates.push(update) })
  })
  if (random.chance(0.3)) Y.applyUpdate(peers[0], oldContent())
  for (let step = 0; step < 60; step++) {
    edit(random, random.pick(peers))
    if (random.chance(0.3)) {
      Y.applyUpdateV2(random.pick(peers), Y.encodeStateAsUpdateV2(random.pick(peers)), 'remote')
    }
  }
  for (const update of updates) {
    equal(await driver.toVersion1(update), Y.convertUpdateFormatV2ToV1(update), 'an update')
    if (random.chance(0.2)) continue // so that others wait for it
    Y.applyUpdateV2(twin, update)
    await ours.apply2(update)
    await sameState(ours, twin, Y.encodeStateVector(random.pick(peers)))
  }
  const states = peers.map(peer => Y.encodeStateAsUpdateV2(peer))
  await sameFunctions(driver, random, updates, [...states, Y.encodeStateAsUpdateV2(twin)])
  for (const state of states) {
    Y.applyUpdateV2(twin, state)
    await ours.apply2(state)
  }
  equal(await ours.encode(), Y.encodeStateAsUpdate(twin), 'in the end')
  await sameState(ours, twin, Y.encodeStateVector(random.pick(peers)))
}

seededTest('updates in version 2 are read and written as yjs does', { sessions: 80, budgetMs: 15000 }, session)

// Local transactions: what is committed in version 2 is what yjs emits for the same edits.
async function localSession (driver, seed) {
  const random = new Random(seed)
  const theirs = new Y.Doc()
  theirs.clientID = random.below(2 ** 32)
  const ours = new YataDoc(driver, 0)
  await ours.create(theirs.clientID)
  const text = await ours.root('t', 'text')
  const map = await ours.root('m', 'map')
  let emitted
  theirs.on('updateV2', update => { emitted = update })
  for (let step = 0; step < 40; step++) {
    emitted = undefined
    const edits = Array.from({ length: 1 + random.below(5) }, () => [random.below(4), random.next(), random.next()])
    await ours.begin()
    theirs.transact(() => edits.forEach(([what, where, much]) => {
      const ytext = theirs.getText('text')
      const index = Math.floor(where * (ytext.length + 1))
      const count = Math.floor(much * Math.min(9, ytext.length - index + 1))
      if (what === 0) {
        theirs.getMap('map').set('key', index)
        ours.mapSet(map, 'key', index)
      } else if (what === 1) {
        ytext.delete(index, count)
        ours.deleteText(text, index, count)
      } else {
        ytext.insert(index, what === 2 ? '😀é' : 'typed')
        ours.insertText(text, index, what === 2 ? '😀é' : 'typed')
      }
    }))
    equal(await ours.commit2(), emitted ?? [], `step ${step}`)
  }
  equal(await ours.encode2(), Y.encodeStateAsUpdateV2(theirs), 'in the end')
}

seededTest('local edits are emitted in version 2 as yjs does', { sessions: 40, budgetMs: 6000 }, localSession)

const unitsIn = (update, v2) => (v2 ? Y.decodeUpdateV2 : Y.decodeUpdate)(update).structs
  .filter(struct => struct.constructor.name !== 'Skip')
  .flatMap(struct => Array.from({ length: struct.length }, (_, i) => `${struct.id.client} ${struct.id.clock + i}`))

const idsOf = ranges => Uint8Array.from([ranges.length,
  ...ranges.flatMap(([client, clock, length]) => [client, 1, clock, length])])

async function intersection (driver, seed) {
  const random = new Random(seed)
  const peers = [1, 2, 3].map(id => {
    const doc = new Y.Doc()
    doc.clientID = id
    return doc
  })
  for (let step = 0; step < 30; step++) {
    edit(random, random.pick(peers))
    if (random.chance(0.3)) Y.applyUpdate(random.pick(peers), Y.encodeStateAsUpdate(random.pick(peers)))
  }
  const state = Y.encodeStateAsUpdate(peers[0])
  const ranges = peers.filter(() => random.chance(0.7))
    .map(peer => [peer.clientID, random.below(30), 1 + random.below(30)])
  const within = id => ranges.some(([client, clock, length]) => {
    const [c, at] = id.split(' ').map(Number)
    return c === client && at >= clock && at < clock + length
  })
  const part = await driver.intersect(state, idsOf(ranges))
  assert.deepEqual(unitsIn(part, false), unitsIn(state, false).filter(within))
  equal(await driver.intersect2(Y.convertUpdateFormatV1ToV2(state), idsOf(ranges)), Y.convertUpdateFormatV1ToV2(part))
  // Each client's part and the rest make the whole again.
  const all = peers.map(peer => [peer.clientID, 0, 120])
  const low = all.map(([client]) => [client, 0, 11])
  const high = all.map(([client]) => [client, 11, 110])
  const both = [await driver.intersect(state, idsOf(low)), await driver.intersect(state, idsOf(high))]
  const again = new Y.Doc()
  both.reverse().forEach(update => Y.applyUpdate(again, update))
  const longest = Math.max(...Y.decodeStateVector(Y.encodeStateVector(peers[0])).values(), 0)
  if (longest <= 121) {
    assert.equal(again.getText('text').toString().length, peers[0].getText('text').toString().length)
    equal(Y.encodeStateVector(again), Y.encodeStateVector(peers[0]))
  }
}

seededTest('the parts of an update by id make the whole again', { sessions: 60, budgetMs: 6000 }, intersection)

test('thirty bytes that state billions of structs are refused at once', async t => {
  const driver = new Driver()
  t.after(() => driver.close())
  const ours = new YataDoc(driver, 0)
  await ours.create(7)
  // keys; client 7; no clocks; info 0 for ever; no strings, parents, types; lengths of 1; one section of 2^31 structs
  const bomb = Uint8Array.from([0, 0, 1, 7, 0, 0, 1, 0, 0, 0, 0, 6, 0x41, 0xff, 0xff, 0xff, 0xff, 7,
    1, 0xff, 0xff, 0xff, 0xff, 7, 0, 0])
  // 2 ms as it is released; with sanitizers on a busy machine more, but never the minutes that 2^31 structs take.
  const from = performance.now()
  await assert.rejects(ours.apply2(bomb), { status: -3 })
  assert.ok(performance.now() - from < 1000)
})

test('a hundred thousand structs in 500 bytes load as in yjs: keys that were set over and over', async t => {
  const driver = new Driver()
  t.after(() => driver.close())
  const doc = new Y.Doc()
  doc.clientID = 3
  doc.transact(() => {
    for (let i = 0; i < 100000; i++) doc.getMap('m').set(`k${i % 50}`, i >> 15)
  })
  const update = Y.encodeStateAsUpdateV2(doc)
  assert.ok(update.length < 2000)
  const ours = new YataDoc(driver, 0)
  await ours.create(7)
  await ours.apply2(update)
  equal(await ours.encode2(), update)
})
