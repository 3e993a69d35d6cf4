// SPDX-License-Identifier: MIT
// Runs one workload with one peer: the same steps as native.c.
//
// A peer is { create(client) -> doc, transact(doc, edits) -> update, apply(doc, update), applyAll(doc, updates),
// encode(doc) -> bytes, load(bytes) -> doc, text(doc) }; `from`, if it is there, makes a document from another's state.

// Milliseconds, and what f returns. The processor time where that is less: waiting for others on a busy machine is not
// the work; while a collector on a thread of its own takes processor time that nobody waits for.
function timed (f) {
  const cpu = process.cpuUsage()
  const from = performance.now()
  const result = f()
  const wall = performance.now() - from
  const { user, system } = process.cpuUsage(cpu)
  return [Math.min(wall, (user + system) / 1000), result]
}

function prepare (peer, { docs, shared }) {
  if (!peer.from) {
    const all = Array.from({ length: docs }, (_, i) => peer.create(i + 1))
    if (shared) {
      const update = peer.transact(all[0], shared)
      for (const doc of all.slice(1)) peer.apply(doc, update)
    }
    return all
  }
  // Documents of such a peer share the state they begin with.
  const first = peer.create(1)
  if (shared) peer.transact(first, shared)
  return [first, ...Array.from({ length: docs - 1 }, (_, i) => peer.from(first, i + 2))]
}

function editAll (peer, docs, transactions) {
  const updates = []
  for (const { doc, take, edits } of transactions) {
    if (take) for (const at of take) peer.apply(docs[doc], updates[at])
    updates.push(peer.transact(docs[doc], edits))
  }
  return updates
}

function exchange (peer, docs, transactions) {
  const updates = transactions.map(({ doc, edits }) => peer.transact(docs[doc], edits))
  transactions.forEach(({ doc }, i) => peer.apply(docs[1 - doc], updates[i]))
  return updates
}

export function runWorkload (peer, workload) {
  const docs = prepare(peer, workload)
  const result = {}
  let updates
  let doc = docs[0]
  if (workload.mode === 'exchange') {
    [result.time, updates] = timed(() => exchange(peer, docs, workload.transactions))
  } else {
    const [ms, made] = timed(() => editAll(peer, docs, workload.transactions))
    updates = made
    if (workload.mode === 'edit') result.time = ms
    if (workload.mode === 'gather') {
      doc = docs[1]
      const others = updates.filter((_, i) => i !== 1);
      [result.time] = timed(() => peer.applyAll(doc, others))
    } else {
      doc = peer.from ? peer.from(prepare(peer, workload)[0], 1000) : peer.create(1000);
      [result.apply] = timed(() => { for (const update of updates) peer.apply(doc, update) })
    }
  }
  const [encode, bytes] = timed(() => peer.encode(doc))
  const [load, loaded] = timed(() => peer.load(bytes))
  const text = peer.text(loaded)
  if (text !== peer.text(doc)) throw new Error('the loaded document holds another text')
  if (workload.text !== undefined && text !== workload.text) throw new Error('the trace ends in another text')
  return { ...result, encode, load, bytes: bytes.length, sent: updates.reduce((sum, u) => sum + u.length, 0), text, state: bytes }
}
