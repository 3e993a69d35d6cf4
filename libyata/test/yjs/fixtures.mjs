// SPDX-License-Identifier: MIT
// Prints ../fixtures.h: updates made by yjs, for the tests in C. Run: node fixtures.mjs > ../fixtures.h
import * as Y from 'yjs'

const fixtures = {}

const add = (name, bytes) => { fixtures[name] = bytes }

{
  const doc = new Y.Doc()
  doc.clientID = 1
  doc.getText('text').insert(0, 'Hello 😀 world')
  doc.getText('text').delete(0, 6)
  add('text', Y.encodeStateAsUpdate(doc))
  add('text_state_vector', Y.encodeStateVector(doc))
}
{
  const doc = new Y.Doc()
  doc.clientID = 9007199254740991
  const map = doc.getMap('map')
  map.set('null', null)
  map.set('number', 1.5)
  map.set('big', 123456789012n)
  map.set('nested', { a: [1, 'two', true] })
  map.set('binary', new Uint8Array([1, 2, 3]))
  map.set('text', new Y.Text('inner'))
  map.set('list', Y.Array.from([1, 'x', new Y.Map()]))
  map.set('gone', new Y.Array())
  map.delete('gone')
  const text = doc.getText('rich')
  text.insert(0, 'plain ')
  text.insert(6, 'bold', { bold: true })
  text.insertEmbed(3, { image: 'i.png' })
  doc.getXmlFragment('xml').insert(0, [new Y.XmlElement('p'), new Y.XmlText('t')])
  doc.getXmlFragment('xml').get(0).setAttribute('class', 'c')
  add('everything', Y.encodeStateAsUpdate(doc))
  add('everything_v2', Y.encodeStateAsUpdateV2(doc))
}
{
  // Two clients type at the same place; the second half depends on the first.
  const a = new Y.Doc()
  const b = new Y.Doc()
  a.clientID = 2
  b.clientID = 3
  a.getText('t').insert(0, 'ac')
  const first = Y.encodeStateAsUpdate(a)
  Y.applyUpdate(b, first)
  b.getText('t').insert(1, 'b')
  a.getText('t').insert(1, 'B')
  const second = Y.encodeStateAsUpdate(b, Y.encodeStateVector(a))
  const third = Y.encodeStateAsUpdate(a, Y.encodeStateVectorFromUpdate(first))
  add('dependency_first', first)
  add('dependency_second', second)
  add('dependency_third', third)
  Y.applyUpdate(a, second)
  add('dependency_all', Y.encodeStateAsUpdate(a))
  const late = new Y.Doc()
  Y.applyUpdate(late, second)
  add('pending_state', Y.encodeStateAsUpdate(late))
  const merged = Y.mergeUpdates([second, first])
  add('merged', merged)
  add('diffed', Y.diffUpdate(merged, Y.encodeStateVectorFromUpdate(first)))
}

const bytes = data => [...data].map(b => `0x${b.toString(16).padStart(2, '0')},`)
console.log('/* SPDX-License-Identifier: MIT */')
console.log('/* Made by yjs/fixtures.mjs from yjs itself. */')
console.log('/* clang-format off */')
console.log('#ifndef YATA_FIXTURES_H\n#define YATA_FIXTURES_H\n\n#include <stdint.h>')
for (const [name, data] of Object.entries(fixtures)) {
  console.log(`\nstatic const uint8_t fixture_${name}[] = {`)
  const list = bytes(data)
  for (let i = 0; i < list.length; i += 14) console.log(`  ${list.slice(i, i + 14).join(' ')}`)
  console.log('};')
}
console.log('\n#endif')
