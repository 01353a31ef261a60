// @platformatic/kafka: records, groups and administration.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Broker, client, eventually, join, kafka } from './client.mjs'

const { Admin, Producer } = kafka

function producer(t, broker, options = {}) {
  return client(t, Producer, broker, { serializers: kafka.stringSerializers, autocreateTopics: true, ...options })
}

function messages(topic, count) {
  return Array.from({ length: count }, (_, i) => ({ topic, key: `k${i}`, value: `v${i}`, headers: { n: `${i}` } }))
}

test('records of every codec come back', async t => {
  const broker = await Broker.startFor(t)
  const sender = producer(t, broker)
  for (const compression of ['none', 'gzip', 'snappy', 'lz4']) {
    await sender.send({ messages: messages(compression, 50), compression })
    const reader = await join(t, broker, compression, `reader-of-${compression}`)
    await eventually(`reading ${compression}`, () => reader.messages.length >= 50)
    assert.deepEqual(reader.messages.map(m => [m.key, m.value, m.headers.get('n'), Number(m.offset)]),
      Array.from({ length: 50 }, (_, i) => [`k${i}`, `v${i}`, `${i}`, i]))
  }
})

test('an idempotent producer writes each record once', async t => {
  const broker = await Broker.startFor(t)
  const sender = producer(t, broker, { idempotent: true })
  for (let i = 0; i < 5; ++i) await sender.send({ messages: messages('t', 20) })
  const reader = await join(t, broker, 't', 'g')
  await eventually('reading all', () => reader.messages.length >= 100)
  assert.deepEqual(reader.messages.map(m => Number(m.offset)), Array.from({ length: 100 }, (_, i) => i))
})

test('members of a group share the partitions, and the next one goes on', async t => {
  const broker = await Broker.startFor(t, { 'num.partitions': 4 })
  const sender = producer(t, broker)
  await sender.send({ messages: messages('t', 100) })
  const first = await join(t, broker, 't', 'g')
  await eventually('reading all', () => first.messages.length >= 100)
  const second = await join(t, broker, 't', 'g')
  const assigned = member => (member.consumer.assignments ?? []).flatMap(a => a.partitions)
  await eventually('sharing', () => assigned(first).length === 2 && assigned(second).length === 2)
  assert.deepEqual([...assigned(first), ...assigned(second)].sort(), [0, 1, 2, 3])
  await first.consumer.close(true)
  await second.consumer.close(true)

  await sender.send({ messages: [{ topic: 't', key: 'k', value: 'after' }] })
  const next = await join(t, broker, 't', 'g')
  await eventually('going on', () => next.messages.length >= 1)
  assert.deepEqual(next.messages.map(m => m.value), ['after'])
})

test('topics and groups are administered', async t => {
  const broker = await Broker.startFor(t)
  const admin = client(t, Admin, broker)
  const [created] = await admin.createTopics({
    topics: ['t'], partitions: 2, replicas: 1, configs: [{ name: 'retention.ms', value: '123456' }],
  })
  assert.deepEqual([created.name, created.partitions], ['t', 2])
  assert.deepEqual(await admin.listTopics(), ['t'])
  await assert.rejects(admin.createTopics({ topics: ['t'], partitions: 2, replicas: 1 }))

  await producer(t, broker).send({ messages: messages('t', 10) })
  const member = await join(t, broker, 't', 'g')
  await eventually('reading all', () => member.messages.length >= 10)
  assert.equal((await admin.listGroups()).get('g').state, 'STABLE')
  assert.equal((await admin.describeGroups({ groups: ['g'] })).get('g').members.size, 1)
  await assert.rejects(admin.deleteGroups({ groups: ['g'] }))
  await member.consumer.close(true)
  await admin.deleteGroups({ groups: ['g'] })
  assert.equal((await admin.listGroups()).size, 0)

  await admin.deleteTopics({ topics: ['t'] })
  assert.deepEqual(await admin.listTopics(), [])
})
