// SPDX-License-Identifier: MIT
// Automerge documents are values: `doc.value` is the latest. All begin with one change that makes their types.
import * as A from '@automerge/automerge'

const actor = client => client.toString(16).padStart(32, '0')
const types = A.save(A.from({ text: '', array: [], map: {} }, actor(0)))

function edit (value, [kind, ...args]) {
  switch (kind) {
    case 't': return A.splice(value, ['text'], args[0], 0, args[1])
    case 'x': return A.splice(value, ['text'], args[0], args[1])
    case 'a': return A.insertAt(value.array, args[0], ...args[1])
    default: value.map[args[0]] = args[1]
  }
}

export default {
  create: client => ({ value: A.load(types, actor(client)) }),
  transact (doc, edits) {
    doc.value = A.change(doc.value, value => edits.forEach(one => edit(value, one)))
    return A.getLastLocalChange(doc.value)
  },
  apply (doc, update) { [doc.value] = A.applyChanges(doc.value, [update]) },
  applyAll (doc, updates) { [doc.value] = A.applyChanges(doc.value, updates) },
  encode: doc => A.save(doc.value),
  load: bytes => ({ value: A.load(bytes) }),
  text: doc => doc.value.text
}
