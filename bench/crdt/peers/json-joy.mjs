// SPDX-License-Identifier: MIT
// json-joy's documents grow from one that made their types.
import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)
const { Model } = require('json-joy/lib/json-crdt')
const { Patch } = require('json-joy/lib/json-crdt-patch')

const FIRST_SESSION = 65536 // below, ids are taken

function edit (api, [kind, ...args]) {
  switch (kind) {
    case 't': return api.str(['text']).ins(args[0], args[1])
    case 'x': return api.str(['text']).del(args[0], args[1])
    case 'a': return api.arr(['array']).ins(args[0], args[1])
    default: return api.obj(['map']).set({ [args[0]]: args[1] })
  }
}

export default {
  create () {
    const model = Model.create(undefined, FIRST_SESSION)
    model.api.root({ text: '', array: [], map: {} })
    model.api.flush()
    return { model }
  },
  from: (doc, client) => ({ model: doc.model.fork(FIRST_SESSION + client) }),
  transact (doc, edits) {
    edits.forEach(one => edit(doc.model.api, one))
    return doc.model.api.flush().toBinary()
  },
  apply: (doc, update) => doc.model.applyPatch(Patch.fromBinary(update)),
  applyAll: (doc, updates) => doc.model.applyBatch(updates.map(update => Patch.fromBinary(update))),
  encode: doc => doc.model.toBinary(),
  load: bytes => ({ model: Model.fromBinary(bytes) }),
  text: doc => doc.model.api.str(['text']).view()
}
