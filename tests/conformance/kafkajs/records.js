// Records through kafkajs: what is produced comes back, with headers, nulls, times and offsets.
'use strict'

const assert = require('node:assert/strict')
const { test } = require('node:test')
const { Broker, connectTo, connected, eventually, join, kafkajs, produce, readAll } = require('./client')

test('every acks is answered', async t => {
  const kafka = connectTo(await Broker.startFor(t))
  for (const acks of [0, 1, -1]) {
    const topic = `acks${acks}`
    const values = Array.from({ length: 50 }, (_, i) => `${i}`)
    await produce(t, kafka, topic, values.map(value => ({ value })), { acks })
    assert.deepEqual((await readAll(t, kafka, topic, 50)).map(m => m.value.toString()), values)
  }
})

test('headers, nulls and empty values come back', async t => {
  const kafka = connectTo(await Broker.startFor(t))
  await produce(t, kafka, 't', [
    { key: 'k', value: 'v', headers: { color: ['blue', 'green'], empty: '', bytes: Buffer.from([0, 255]) } },
    { key: null, value: 'no key' },
    { key: 'deleted', value: null },
    { key: '', value: '' },
  ])
  const [first, noKey, deleted, empty] = await readAll(t, kafka, 't', 4)
  assert.deepEqual(first.headers, {
    color: [Buffer.from('blue'), Buffer.from('green')], empty: Buffer.from(''), bytes: Buffer.from([0, 255]),
  })
  assert.deepEqual([noKey.key, noKey.value.toString()], [null, 'no key'])
  assert.deepEqual([deleted.key.toString(), deleted.value], ['deleted', null])
  assert.deepEqual([empty.key.length, empty.value.length], [0, 0])
})

test('the answer tells offsets, and the record its time', async t => {
  const kafka = connectTo(await Broker.startFor(t))
  for (const baseOffset of ['0', '3']) {
    const [placed] = await produce(t, kafka, 't', ['a', 'b', 'c'].map(value => ({ value, timestamp: '1234567890123' })))
    assert.deepEqual([placed.partition, placed.errorCode, placed.baseOffset], [0, 0, baseOffset])
  }
  const messages = await readAll(t, kafka, 't', 6)
  assert.deepEqual(messages.map(m => m.offset), ['0', '1', '2', '3', '4', '5'])
  assert.equal(messages[0].timestamp, '1234567890123')
})

test('messages spread over partitions by their keys', async t => {
  const kafka = connectTo(await Broker.startFor(t, { 'num.partitions': 4 }))
  const messages = Array.from({ length: 80 }, (_, i) => ({ key: `k${i % 40}`, value: `${i}` }))
  await produce(t, kafka, 't', messages, {}, { createPartitioner: kafkajs.Partitioners.DefaultPartitioner })
  const partitionOf = new Map()
  for (const { key, partition } of await readAll(t, kafka, 't', 80)) {
    assert.equal(partitionOf.get(key.toString()) ?? partition, partition)
    partitionOf.set(key.toString(), partition)
  }
  assert.deepEqual(new Set(partitionOf.values()), new Set([0, 1, 2, 3]))
})

test('a large message passes', async t => {
  const kafka = connectTo(await Broker.startFor(t, { 'max.message.bytes': 8 << 20 }))
  const value = Buffer.alloc(5 << 20, 'many bytes ')
  await produce(t, kafka, 't', [{ value }, { value: 'after' }])
  const [first, after] = await readAll(t, kafka, 't', 2)
  assert.ok(first.value.equals(value))
  assert.equal(after.value.toString(), 'after')
})

test('a message that is too large is refused', async t => {
  const kafka = connectTo(await Broker.startFor(t, { 'max.message.bytes': 2000 }))
  await assert.rejects(produce(t, kafka, 't', [{ value: 'x'.repeat(4000) }]), { type: 'MESSAGE_TOO_LARGE' })
  await produce(t, kafka, 't', [{ value: 'fits' }])
})

test('an idempotent producer keeps its order', async t => {
  const kafka = connectTo(await Broker.startFor(t))
  const producer = await connected(t, kafka.producer({ idempotent: true, maxInFlightRequests: 1 }))
  const values = Array.from({ length: 300 }, (_, i) => `${i}`)
  for (let i = 0; i < values.length; i += 3) {
    await producer.send({ topic: 't', messages: values.slice(i, i + 3).map(value => ({ value })) })
  }
  assert.deepEqual((await readAll(t, kafka, 't', 300)).map(m => m.value.toString()), values)
})

test('several topics go in one request', async t => {
  const kafka = connectTo(await Broker.startFor(t))
  const producer = await connected(t, kafka.producer())
  await producer.sendBatch({
    topicMessages: [{ topic: 'a', messages: [{ value: '1' }] }, { topic: 'b', messages: [{ value: '2' }] }],
  })
  assert.equal((await readAll(t, kafka, 'a', 1))[0].value.toString(), '1')
  assert.equal((await readAll(t, kafka, 'b', 1))[0].value.toString(), '2')
})

test('seek goes back and forth', async t => {
  const kafka = connectTo(await Broker.startFor(t))
  await produce(t, kafka, 't', Array.from({ length: 100 }, (_, i) => ({ value: `${i}` })))
  const { consumer, messages } = await join(t, kafka)
  await eventually('reading to the end', () => messages.length === 100)
  for (const offset of ['40', '99', '0']) {
    messages.length = 0
    consumer.seek({ topic: 't', partition: 0, offset })
    await eventually(`reading from ${offset}`, () => messages.some(m => m.offset === offset))
  }
})
