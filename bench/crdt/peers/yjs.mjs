// SPDX-License-Identifier: MIT
import * as Y from 'yjs'

function edit (doc, [kind, ...args]) {
  switch (kind) {
    case 't': return doc.getText('text').insert(args[0], args[1])
    case 'x': return doc.getText('text').delete(args[0], args[1])
    case 'a': return doc.getArray('array').insert(args[0], args[1])
    default: return doc.getMap('map').set(args[0], args[1])
  }
}

export default {
  create (client) {
    const doc = new Y.Doc()
    doc.clientID = client
    doc.getText('text')
    doc.getMap('map')
    doc.getArray('array')
    doc.on('update', update => { doc.last = update })
    return doc
  },
  transact (doc, edits) {
    if (edits.length === 1) edit(doc, edits[0])
    else doc.transact(() => edits.forEach(one => edit(doc, one)))
    return doc.last
  },
  apply: (doc, update) => Y.applyUpdate(doc, update),
  applyAll: (doc, updates) => doc.transact(() => updates.forEach(update => Y.applyUpdate(doc, update))),
  encode: doc => Y.encodeStateAsUpdate(doc),
  load (bytes) {
    const doc = new Y.Doc()
    Y.applyUpdate(doc, bytes)
    return doc
  },
  text: doc => doc.getText('text').toString()
}
