// SPDX-License-Identifier: MIT
// Values that other implementations write in other bytes than Yjs: once read they are in those of Yjs, as there.
import assert from 'node:assert/strict'
import * as Y from 'yjs'
import { hex, scenario } from './scenarios.mjs'

const uint = n => n < 128 ? [n] : [n & 127 | 128, ...uint(n >> 7)]
const string = s => [...uint(Buffer.byteLength(s)), ...Buffer.from(s)]
/** An update of client 1: one struct in the root `name`. */
const update = (name, content, body, key) => Buffer.from([1, 1, 1, 0, content | (key === undefined ? 0 : 0x20), 1,
  ...string(name), ...(key === undefined ? [] : string(key)), ...body, 0])

const by = (client, bytes) => Buffer.concat([Buffer.from([1, 1, client]), bytes.subarray(3)])

const JSON_VALUES = 2
const EMBED = 5
const FORMAT = 6
const ANY = 8

const numbers = {
  'a whole number of 64 bits': [123, 0x3f, 0xf0, 0, 0, 0, 0, 0, 0],
  'a whole number of 32 bits': [124, 0x3f, 0x80, 0, 0],
  'half, of 64 bits': [123, 0x3f, 0xe0, 0, 0, 0, 0, 0, 0],
  '-0 of 64 bits': [123, 0x80, 0, 0, 0, 0, 0, 0, 0],
  '1 in two bytes': [125, 0x81, 0],
  '2^31 as an integer': [125, 0x80, 0x80, 0x80, 0x80, 0x10],
  'a time in ms as an integer': [125, 0x80, 0xa0, 0xab, 0xfe, 0xf9, 0x62]
}
const same = {
  '2^31 - 1': [125, 0xbf, 0xff, 0xff, 0xff, 0x0f],
  '-0': [125, 0x40],
  'bits of NaN': [123, 0x7f, 0xf8, 0, 0, 0, 0, 0, 1],
  'infinity': [124, 0x7f, 0x80, 0, 0],
  'a bigint': [122, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
  'undefined': [127],
  'indices in order': [118, 3, ...string('1'), 125, 2, ...string('20'), 126, ...string('a'), 119, ...string('x')]
}
const objects = {
  'indices behind names': [118, 3, ...string('b'), 125, 1, ...string('20'), 120, ...string('1'), 121],
  'indices in disorder, within': [117, 1, 118, 2, ...string('10'), 126, ...string('9'), 116, 2, 0, 1],
  'a number within': [118, 2, ...string('01'), 117, 1, 125, 0x81, 0, ...string('4294967295'), 126]
}
const texts = [' { "a" : 1e2,\t"b":"\\u0041\\/" }', '{"w":2.0}', '[1.50,-3,1e21,0.0000001,12345678901234567890]', '{"b":1,"2":2,"1":[{"z":0,"0":1}]}',
  '"\\ud83d\\ude00 \\u00e9 \\u2028 \\u001F \\u0008"', '{"1":"\\ud800"}', '"\\u001f\\b\\"\\\\"', 'true', '1.0']

scenario('numbers and the order of members', 1, {}, async a => {
  let client = 0
  for (const [title, value] of Object.entries({ ...numbers, ...same, ...objects })) {
    const given = by(++client, update('m', ANY, [1, ...value], title))
    await a.take(given)
    const alone = new Y.Doc()
    Y.applyUpdate(alone, given)
    assert.equal(hex(Y.encodeStateAsUpdate(alone)) === hex(given), title in same, title)
  }
})

scenario('JSON of embeds, formats and old clients', 1, {}, async a => {
  await a.root('t')
  let client = 0
  for (const text of texts) {
    const body = text[0] === '{' ? update('t', EMBED, string(text)) : update('t', FORMAT, [...string('b'), ...string(text)])
    await a.take(by(++client, body))
    await a.take(by(++client, update('a', JSON_VALUES, [2, ...string(text), ...string('undefined')])))
  }
})

scenario('a format that was written in other bytes is the same format', 1, {}, async a => {
  const t = await a.root('t')
  // Both sides of "word" in one update: an opening format, the word, a closing one.
  const open = [6, 1, ...string('t'), ...string('width'), ...string('2.0')]
  const word = [0x84, 9, 0, ...string('word')]
  const close = [0x86, 9, 4, ...string('width'), ...string('null')]
  await a.take(Buffer.from([1, 3, 9, 0, ...open, ...word, ...close, 0]))
  await a.deltaIs(t, [{ insert: 'word', attributes: { width: 2 } }])
  await a.format(t, 0, 4, { width: 2 })
  await a.insert(t, 4, 's', { width: 2 })
  await a.deltaIs(t, [{ insert: 'words', attributes: { width: 2 } }])
})

scenario('an item beside what was collected splits its neighbours all the same', 1, {}, async a => {
  const t = await a.root('t')
  await a.take(Buffer.from('01020500040101740378797a000100', 'hex'))
  await a.take(Buffer.from('02010200c4050305010171010100c405020501017700', 'hex'))
  await a.deltaIs(t, [{ insert: 'xyzw' }])
})

scenario('a format that is named as the mark of a change is not shown at strings', 1, {}, async a => {
  for (const name of ['t', 'x']) {
    const t = await a.root(name)
    await a.insert(t, 0, 'abcd', { bold: true })
    await a.format(t, 1, 2, { ychange: 'x' })
    await a.delta(t, [{ retain: 2 }, { insert: { image: 1 }, attributes: { ychange: true } }])
    await a.deltaIs(t, t[0].toDelta())
    assert.ok(!JSON.stringify(t[0].toDelta()).includes('"x"'))
    if (name === 'x') await a.markup(t, t[0].toString())
  }
})
