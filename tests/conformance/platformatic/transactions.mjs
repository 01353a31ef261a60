// Transactions through @platformatic/kafka: what is committed is read, what is aborted is not, offsets go with the
// transaction.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Broker, client, eventually, join, kafka } from './client.mjs'

function transactional(t, broker, transactionalId = 'tx') {
  return client(t, kafka.Producer, broker, {
    serializers: kafka.stringSerializers, autocreateTopics: true, idempotent: true, transactionalId,
  })
}

function records(topics, value) {
  return topics.map(topic => ({ topic, key: 'k', value }))
}

test('only what is committed is read', async t => {
  const broker = await Broker.startFor(t)
  const producer = transactional(t, broker)
  // One abort: of several that one answer tells of, this client goes by a producer's last.
  for (const outcome of ['commit', 'abort', 'commit']) {
    const transaction = await producer.beginTransaction()
    await transaction.send({ messages: records(['a', 'b', 'a'], outcome) })
    await transaction[outcome]()
  }
  for (const restarted of [false, true]) {
    if (restarted) {
      await broker.kill()
      await broker.start()
    }
    for (const [topic, count] of [['a', 4], ['b', 2]]) {
      const { messages } = await join(t, broker, topic, `reader-${topic}-${restarted}`)
      await eventually('reading the committed ones', () => messages.length >= count)
      assert.deepEqual(messages.map(m => m.value), Array(count).fill('commit'))
    }
  }
})

test('an open transaction is not read', async t => {
  const broker = await Broker.startFor(t)
  const producer = transactional(t, broker)
  const transaction = await producer.beginTransaction()
  await transaction.send({ messages: records(['t'], 'open') })
  const committed = await join(t, broker, 't', 'committed')
  const uncommitted = await join(t, broker, 't', 'uncommitted', {
    isolationLevel: kafka.FetchIsolationLevels.READ_UNCOMMITTED,
  })
  await eventually('reading what is not committed', () => uncommitted.messages.length >= 1)
  assert.deepEqual(committed.messages, [])
  await transaction.commit()
  await eventually('reading what is committed', () => committed.messages.length >= 1)
})

test('offsets go with the transaction', async t => {
  const broker = await Broker.startFor(t)
  const producer = transactional(t, broker)
  const input = client(t, kafka.Producer, broker, { serializers: kafka.stringSerializers, autocreateTopics: true })
  await input.send({ messages: Array.from({ length: 10 }, (_, i) => ({ topic: 'in', key: 'k', value: `${i}` })) })
  const { consumer, messages } = await join(t, broker, 'in', 'g', { autocommit: false })
  await eventually('reading the input', () => messages.length >= 10)
  const position = async () => {
    const offsets = await consumer.listCommittedOffsets({ topics: [{ topic: 'in', partitions: [0] }] })
    return Number(offsets.get('in')[0])
  }
  for (const [outcome, read, expected] of [['commit', 3, 4], ['abort', 7, 4], ['commit', 9, 10]]) {
    const transaction = await producer.beginTransaction()
    await transaction.addConsumer(consumer)
    await transaction.send({ messages: records(['out'], `${read}`) })
    await transaction.addOffset(messages[read])
    await transaction[outcome]()
    await eventually(`the offset after a ${outcome}`, async () => await position() === expected)
  }
  const { messages: written } = await join(t, broker, 'out', 'reader')
  await eventually('reading the output', () => written.length >= 2)
  assert.deepEqual(written.map(m => m.value), ['3', '9'])
})
