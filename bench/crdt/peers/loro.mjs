// SPDX-License-Identifier: MIT
import { LoroDoc } from 'loro-crdt'

function edit (doc, [kind, ...args]) {
  switch (kind) {
    case 't': return doc.getText('text').insert(args[0], args[1])
    case 'x': return doc.getText('text').delete(args[0], args[1])
    case 'a': return args[1].forEach((value, i) => doc.getList('array').insert(args[0] + i, value))
    default: return doc.getMap('map').set(args[0], args[1])
  }
}

export default {
  create (client) {
    const loro = new LoroDoc()
    loro.setPeerId(BigInt(client))
    const doc = { loro }
    loro.subscribeLocalUpdates(update => { doc.last = update })
    return doc
  },
  transact (doc, edits) {
    edits.forEach(one => edit(doc.loro, one))
    doc.loro.commit()
    return doc.last
  },
  apply: (doc, update) => doc.loro.import(update),
  applyAll: (doc, updates) => doc.loro.importBatch(updates),
  encode: doc => doc.loro.export({ mode: 'snapshot' }),
  load (bytes) {
    const loro = new LoroDoc()
    loro.import(bytes)
    return { loro }
  },
  text: doc => doc.loro.getText('text').toString()
}
