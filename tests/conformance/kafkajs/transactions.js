// Transactions through kafkajs: what is committed is read, what is aborted is not, offsets go with the transaction.
'use strict'

const assert = require('node:assert/strict')
const { test } = require('node:test')
const { Broker, connectTo, connected, eventually, join, kafkajs, produce, readAll } = require('./client')

const TRANSACTIONAL = { transactionalId: 'tx', maxInFlightRequests: 1, idempotent: true }

test('only what is committed is read', async t => {
  const broker = await Broker.startFor(t)
  const kafka = connectTo(broker)
  const producer = await connected(t, kafka.producer(TRANSACTIONAL))
  for (const outcome of ['commit', 'abort', 'commit', 'abort', 'commit']) {
    const transaction = await producer.transaction()
    await transaction.send({ topic: 't', messages: [{ value: outcome }, { value: outcome }] })
    await transaction[outcome]()
  }
  for (const restarted of [false, true]) {
    if (restarted) {
      await producer.disconnect()
      await broker.kill()
      await broker.start()
    }
    const { messages, consumer } = await join(t, kafka, { groupId: `reader-${restarted}` })
    await eventually('reading the committed ones', () => messages.length >= 6)
    assert.deepEqual(messages.map(m => m.value.toString()), Array(6).fill('commit'))
    await consumer.disconnect()
  }
})

test('a transaction spans topics and partitions', async t => {
  const kafka = connectTo(await Broker.startFor(t, { 'num.partitions': 3 }))
  const producer = await connected(t, kafka.producer(TRANSACTIONAL))
  for (const outcome of ['abort', 'commit']) {
    const transaction = await producer.transaction()
    const messages = [0, 1, 2].map(partition => ({ partition, value: outcome }))
    await transaction.sendBatch({ topicMessages: [{ topic: 'a', messages }, { topic: 'b', messages }] })
    await transaction[outcome]()
  }
  for (const topic of ['a', 'b']) {
    const messages = await readAll(t, kafka, topic, 3)
    assert.deepEqual(messages.map(m => m.value.toString()), Array(3).fill('commit'))
  }
})

test('offsets go with the transaction', async t => {
  const kafka = connectTo(await Broker.startFor(t))
  await produce(t, kafka, 'in', Array.from({ length: 10 }, (_, i) => ({ value: `${i}` })))
  const admin = await connected(t, kafka.admin())
  const committed = async () => (await admin.fetchOffsets({ groupId: 'g', topics: ['in'] }))[0].partitions[0].offset
  const producer = await connected(t, kafka.producer(TRANSACTIONAL))
  for (const [outcome, sent, expected] of [['commit', '4', '4'], ['abort', '8', '4'], ['commit', '10', '10']]) {
    const transaction = await producer.transaction()
    await transaction.send({ topic: 'out', messages: [{ value: sent }] })
    const topics = [{ topic: 'in', partitions: [{ partition: 0, offset: sent }] }]
    await transaction.sendOffsets({ consumerGroupId: 'g', topics })
    await transaction[outcome]()
    await eventually(`the offset after a ${outcome}`, async () => await committed() === expected)
  }
  assert.deepEqual((await readAll(t, kafka, 'out', 2)).map(m => m.value.toString()), ['4', '10'])
})

test('a newer producer fences the one before', async t => {
  const kafka = connectTo(await Broker.startFor(t))
  const zombie = await connected(t, kafka.producer(TRANSACTIONAL))
  const abandoned = await zombie.transaction()
  await abandoned.send({ topic: 't', messages: [{ value: 'of the zombie' }] })
  const producer = await connected(t, kafka.producer(TRANSACTIONAL))
  const transaction = await producer.transaction()
  await transaction.send({ topic: 't', messages: [{ value: 'of the new one' }] })
  await transaction.commit()
  await assert.rejects(abandoned.commit(), kafkajs.KafkaJSError)
  assert.deepEqual((await readAll(t, kafka, 't', 1)).map(m => m.value.toString()), ['of the new one'])
})
