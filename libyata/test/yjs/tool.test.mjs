// SPDX-License-Identifier: MIT
// The command line tool: each of its commands on files that yjs wrote, and on files that are broken.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test, { after } from 'node:test'
import * as Y from 'yjs'

const folder = mkdtempSync(join(tmpdir(), 'yata-tool-'))
after(() => rmSync(folder, { recursive: true }))

const file = (name, data) => {
  const path = join(folder, name)
  if (data) writeFileSync(path, data)
  return path
}

// Run the tool; `input` goes in through a pipe.
function yata (args, input) {
  const run = spawnSync(process.env.YATA_BIN, args, { input, maxBuffer: 1 << 28 })
  if (run.error) throw run.error
  return { status: run.status, bytes: run.stdout, out: run.stdout.toString(), err: run.stderr.toString() }
}

// What it prints when all is well.
function well (args, input) {
  const run = yata(args, input)
  assert.equal(run.err, '', args.join(' '))
  assert.equal(run.status, 0, args.join(' '))
  return run
}

function refused (status, pattern, args, input) {
  const run = yata(args, input)
  assert.match(run.err, pattern, args.join(' '))
  assert.equal(run.status, status, args.join(' '))
  assert.equal(run.out, '', args.join(' '))
}

const doc = new Y.Doc()
doc.clientID = 5
doc.getMap('map').set('key', { n: [1, 2.5, null], text: 'é😀' })
doc.getText('text').insert(0, 'hello 😀')
doc.getText('other').insert(0, 'second', { bold: true })
doc.getText('text').delete(0, 2)
const v1 = Y.encodeStateAsUpdate(doc)
const v2 = Y.encodeStateAsUpdateV2(doc)
const one = file('one', v1)
const two = file('two', v2)
const empty = Y.encodeStateVector(new Y.Doc())

test('info says what an update is made of, in either version', () => {
  for (const [path, version, bytes] of [[one, 1, v1], [two, 2, v2]]) {
    const { out } = well(['info', path])
    assert.match(out, new RegExp(`^version ${version}\nbytes ${bytes.length}\nclients 1\nstructs \\d+\nunits 17\n`))
    assert.match(out, /^root map \(map\)\nroot text \(text\)\nroot other \(text\)$/m)
    assert.match(out, /^deleted ranges 1$/m)
  }
})

test('text shows the first text, or the one that is named', () => {
  for (const path of [one, two]) assert.equal(well(['text', path]).out, 'llo 😀')
  assert.equal(well(['text', '--name', 'other', two]).out, 'second')
  assert.equal(well(['text', '--name=text', one]).out, 'llo 😀')
  assert.equal(well(['text', one, '--name', 'text', '--v1']).out, 'llo 😀')
  refused(1, /one: no root type is called missing/, ['text', '--name', 'missing', one])
  refused(1, /one: the root type map holds no text, it is of kind map; `yata json` shows it/, ['text', '--name', 'map', one])
  refused(1, /empty: no root type holds text or XML/, ['text', file('empty', Y.encodeStateAsUpdate(new Y.Doc()))])
})

test('text shows the markup of XML, and says what is neither', () => {
  const doc = new Y.Doc()
  doc.getArray('array').insert(0, ['not text'])
  const page = doc.getXmlFragment('page')
  const element = new Y.XmlElement('p')
  const words = new Y.XmlText()
  page.insert(0, [element])
  element.setAttribute('class', 'x')
  element.insert(0, [words])
  words.insert(0, 'some bold words', {})
  words.format(5, 4, { bold: {} })
  const root = doc.get('element', Y.XmlElement)
  root.setAttribute('lang', 'en')
  root.insert(0, [new Y.XmlText('inside')])
  doc.getText('later').setAttribute('key', 'a text may have attributes')
  doc.getText('later').insert(0, 'and text')
  for (const path of [file('xml', Y.encodeStateAsUpdate(doc)), file('xml2', Y.encodeStateAsUpdateV2(doc))]) {
    assert.equal(well(['text', path]).out, page.toString())
    assert.equal(well(['text', '--name', 'page', path]).out, '<p class="x">some <bold>bold</bold> words</p>')
    assert.equal(well(['text', '--name', 'element', path]).out, root.toString())
    assert.equal(JSON.parse(well(['json', path]).out).element, root.toString())
    assert.equal(well(['text', '--name', 'later', path]).out, 'and text')
    refused(1, /xml2?: the root type array holds no text, it is of kind array; `yata json`/, ['text', '--name', 'array', path])
  }
  doc.getText('text').insert(0, 'comes first')
  assert.equal(well(['text', file('both', Y.encodeStateAsUpdate(doc))]).out, 'comes first')
})

test('what would be far longer than the file is not printed, unless that is asked for', () => {
  const doc = new Y.Doc()
  doc.getText('plain').insert(0, 'plain')
  const words = new Y.XmlText()
  doc.getXmlFragment('page').insert(0, [words])
  words.insert(0, 'ab'.repeat(250), { x: { m: 'v'.repeat(300000) } })
  doc.transact(() => { for (let i = 0; i < 500; i += 2) words.format(i, 1, { bold: true }) })
  const path = file('long', Y.encodeStateAsUpdate(doc))
  for (const args of [['json', path], ['text', '--name', 'page', path]]) {
    refused(1, /^yata: .*long: not printed: it would be longer than 64 MiB .*; --unlimited prints all of it/, args)
    assert.ok(well([...args, '--unlimited']).bytes.length > 150_000_000)
  }
  assert.equal(well(['text', path]).out, 'plain')
})

test('json shows the whole document', () => {
  for (const path of [one, two]) {
    assert.deepEqual(JSON.parse(well(['json', path]).out),
      { map: { key: { n: [1, 2.5, null], text: 'é😀' } }, text: 'llo 😀', other: 'second' })
  }
})

test('a pipe is read, and written', () => {
  assert.equal(well(['text', '--name', 'text', '-'], v2).out, 'llo 😀')
  assert.deepEqual([...well(['convert', '--to', 'v1', '-', '-'], v2).bytes], [...v1])
})

test('convert writes what yjs would write', () => {
  const out = file('converted')
  for (const [from, to, expected] of [[one, 'v2', v2], [two, 'v1', v1], [one, 'v1', v1], [two, 'v2', v2]]) {
    well(['convert', '--to', to, from, out])
    assert.deepEqual([...readFileSync(out)], [...expected], `${from} to ${to}`)
  }
  refused(2, /expected --to v1 or --to v2/, ['convert', one, out])
  refused(2, /--to v3: expected v1 or v2/, ['convert', '--to', 'v3', one, out])
})

test('merge joins files of both versions in the version of the first', () => {
  const peer = new Y.Doc()
  peer.clientID = 9
  peer.getText('text').insert(0, 'from a peer')
  const [p1, p2] = [Y.encodeStateAsUpdate(peer), Y.encodeStateAsUpdateV2(peer)]
  const out = file('merged')
  well(['merge', out, one, file('peer2', p2)])
  assert.deepEqual([...readFileSync(out)], [...Y.mergeUpdates([v1, p1])])
  well(['merge', out, two, file('peer1', p1)])
  assert.deepEqual([...readFileSync(out)], [...Y.mergeUpdatesV2([v2, p2])])
  refused(2, /^usage/, ['merge', out])
  refused(1, /No such file/, ['merge', out, one, file('missing')])
})

test('diff writes what the state vector lacks', () => {
  const sv = file('sv', Uint8Array.from([1, 5, 4]))
  assert.deepEqual([...well(['diff', one, sv]).bytes], [...Y.diffUpdate(v1, readFileSync(sv))])
  assert.deepEqual([...well(['diff', two, sv]).bytes], [...Y.diffUpdateV2(v2, readFileSync(sv))])
  assert.deepEqual([...well(['diff', one, file('none', empty)]).bytes], [...Y.diffUpdate(v1, empty)])
  refused(1, /broken: offset 2 of 2: expected a state vector/, ['diff', one, file('broken', Uint8Array.from([1, 5]))])
})

test('check tells sound files from those that lack something', () => {
  assert.match(well(['check', two]).out, /well formed, complete, \d+ items/)
  const later = new Y.Doc()
  let last
  later.on('update', update => { last = update })
  later.getText('text').insert(0, 'a')
  later.getText('text').insert(1, 'b')
  refused(1, /incomplete: \d+ bytes wait/, ['check', file('later', last)])
})

test('an error names the offset, and what was expected there', () => {
  const cut = file('cut', v1.subarray(0, v1.length - 1))
  const at = `offset ${v1.length - 3} of ${v1.length - 1}`
  refused(1, new RegExp(`cut: as version 1: ${at}: expected the delete set: .*number of ranges`), ['check', cut])
  refused(1, /as version 1: [^\n]*\n.*as version 2: offset \d+ of \d+: expected/, ['info', cut])
  refused(1, new RegExp('^yata: .*cut2: as version 2: offset \\d+ of \\d+: expected the delete set: .*\n$'),
    ['text', '--v2', file('cut2', v2.subarray(0, v2.length - 1))])
  refused(1, /as version 1: offset \d+ of/, ['json', '--v1', two])
  refused(1, /No such file or directory/, ['info', file('missing')])
  refused(1, /offset 0 of 0: expected an update; there is nothing/, ['info', '-'], '')
  refused(1, /as version 1: offset \d+ of \d+: expected .*; it is in version 2$/m, ['text', '--v1', two])
})

test('random bytes are refused by every command, and nothing is printed', () => {
  let seed = 1
  const random = () => (seed = (seed * 1103515245 + 12345) % 2147483648) >> 16
  for (const size of [1, 2, 3, 10, 100, 5000]) {
    const path = file('random', Uint8Array.from({ length: size }, () => random() % 256))
    for (const command of [['info'], ['text'], ['json'], ['check'], ['diff', one], ['bench', 'load'], ['bench', 'apply']]) {
      refused(1, /offset \d+( of \d+)?: expected/, [...command, path])
    }
    refused(1, /offset \d+ of \d+: expected/, ['convert', '--to', 'v2', path, '-'])
    refused(1, /offset \d+ of \d+: expected/, ['merge', '-', one, path])
  }
})

test('every file that was cut short is refused with an offset within it', () => {
  for (const [bytes, version] of [[v1, '--v1'], [v2, '--v2']]) {
    for (let n = 1; n < bytes.length; n += 7) {
      const { status, err } = yata(['check', version, file('part', bytes.subarray(0, n))])
      assert.equal(status, 1)
      const [, offset, of] = /offset (\d+) of (\d+): expected/.exec(err)
      assert.ok(Number(offset) <= n && Number(of) === n, err)
    }
  }
})

test('wrong usage is told, with status 2', () => {
  refused(2, /^usage/, [])
  refused(2, /^yata: no such command: frobnicate\nusage/, ['frobnicate'])
  refused(2, /^usage/, ['info'])
  refused(2, /^usage: yata info FILE\n$/, ['info', one, two])
  refused(2, /^usage: yata bench WHAT FILE\n$/, ['bench', 'load', one, two])
  refused(2, /expected a number of edits/, ['bench', 'grow', 'front', 'many'])
  refused(2, /- can be one file alone/, ['diff', '-', '-'])
  refused(2, /no such option: --name/, ['json', '--name', 'x', one])
  refused(2, /expected load, apply/, ['bench', 'nothing', one])
  assert.match(well(['--help']).out, /^usage: yata info FILE\n/)
  assert.match(well(['--version']).out, /^yata \d+\.\d+\.\d+\n$/)
})

test('what cannot be written is an error', { skip: process.platform !== 'linux' }, () => {
  refused(1, /No space left/, ['merge', '/dev/full', one])
  refused(1, /No such file/, ['convert', '--to', 'v2', one, join(folder, 'no', 'folder')])
})

test('bench prints one line of figures', () => {
  const row = [v1, Y.encodeStateAsUpdate(new Y.Doc())].map(u => Buffer.from([u.length, ...u]))
  const rows = file('rows', Buffer.concat(row))
  for (const [what, path] of [['load', one], ['load', two], ['encode', two], ['edit', one], ['apply', rows],
    ['apply', two]]) {
    const { out } = well(['bench', what, path])
    const line = JSON.parse(out)
    assert.equal(out.trim().split('\n').length, 1)
    assert.equal(line.bench, what)
    assert.ok(line.median_ms >= 0 && line.bytes > 0 && line.items > 0 && line.live_bytes > 1000)
    assert.ok(line.live_bytes_indexed >= line.live_bytes && line.first_text_ms > 0)
  }
  refused(1, /offset \d+: expected \d+ bytes of an update/, ['bench', 'apply', file('short', Buffer.from([9, 0, 0]))])
})

test('bench tiny, diff and merge take the last thousand of many updates', () => {
  const doc = new Y.Doc()
  const made = []
  doc.on('update', u => made.push(Buffer.from([u.length, ...u])))
  for (let i = 0; i < 1200; i++) doc.getText('text').insert(i, 'x')
  const many = file('many', Buffer.concat(made))
  for (const what of ['tiny', 'diff', 'merge']) {
    const line = JSON.parse(well(['bench', what, many]).out)
    assert.equal(line.operations, 1000)
    assert.ok(line.median_ms > 0 && line.bytes > 1200)
    assert.equal(line.items > 0, what !== 'merge')
    refused(1, /expected more than 1000 updates, each behind its length; there are 3/,
      ['bench', what, file('few', Buffer.concat(made.slice(0, 3)))])
  }
})
