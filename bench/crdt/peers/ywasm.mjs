// SPDX-License-Identifier: MIT
import Y from 'ywasm'

function edit (doc, [kind, ...args], txn) {
  switch (kind) {
    case 't': return doc.text.insert(args[0], args[1], undefined, txn)
    case 'x': return doc.text.delete(args[0], args[1], txn)
    case 'a': return doc.array.insert(args[0], args[1], txn)
    default: return doc.map.set(args[0], args[1], txn)
  }
}

function create (client) {
  const ydoc = new Y.YDoc({ clientID: client })
  const doc = { ydoc, text: ydoc.getText('text'), map: ydoc.getMap('map'), array: ydoc.getArray('array') }
  ydoc.onUpdate(update => { doc.last = update })
  return doc
}

export default {
  create,
  transact (doc, edits) {
    const txn = doc.ydoc.beginTransaction()
    edits.forEach(one => edit(doc, one, txn))
    txn.commit()
    txn.free()
    return doc.last
  },
  apply: (doc, update) => Y.applyUpdate(doc.ydoc, update),
  applyAll: (doc, updates) => updates.forEach(update => Y.applyUpdate(doc.ydoc, update)),
  encode: doc => Y.encodeStateAsUpdate(doc.ydoc),
  load (bytes) {
    const doc = create(1001)
    Y.applyUpdate(doc.ydoc, bytes)
    return doc
  },
  text: doc => doc.text.toString()
}
