// Consumer groups through kafkajs, and what its clients find after the broker was stopped or killed.
'use strict'

const assert = require('node:assert/strict')
const { test } = require('node:test')
const { Broker, connectTo, connected, eventually, join, kafkajs, produce } = require('./client')

const NUMBERS = Array.from({ length: 20 }, (_, i) => ({ value: `${i}` }))

async function createTopic(t, kafka, numPartitions) {
  const admin = await connected(t, kafka.admin())
  await admin.createTopics({ topics: [{ topic: 't', numPartitions }] })
}

function isShared(members, partitions) {
  const owned = members.map(member => member.partitions || [])
  const all = owned.flat()
  return owned.every(each => each.length > 0) && all.length === partitions && new Set(all).size === partitions
}

test('members come and go', async t => {
  const kafka = connectTo(await Broker.startFor(t))
  await createTopic(t, kafka, 4)
  const first = await join(t, kafka)
  await eventually('the first member has all', () => isShared([first], 4))
  const second = await join(t, kafka)
  await eventually('two members share', () => isShared([first, second], 4))
  await produce(t, kafka, 't', [0, 1, 2, 3].map(partition => ({ value: `${partition}`, partition })))
  await eventually('both read', () => first.messages.length + second.messages.length === 4)
  for (const { messages, partitions } of [first, second]) {
    assert.deepEqual(messages.map(m => m.partition).sort(), [...partitions].sort())
  }
  await first.consumer.disconnect()
  await eventually('the second member has all', () => isShared([second], 4))
})

test('a group goes on where it committed', async t => {
  const kafka = connectTo(await Broker.startFor(t))
  await produce(t, kafka, 't', NUMBERS)
  const first = await join(t, kafka, { run: { autoCommit: false } })
  await eventually('reading', () => first.messages.length === 20)
  await first.consumer.commitOffsets([{ topic: 't', partition: 0, offset: '8', metadata: 'eight' }])
  await first.consumer.disconnect()
  const admin = await connected(t, kafka.admin())
  assert.deepEqual(await admin.fetchOffsets({ groupId: 'g', topics: ['t'] }),
    [{ topic: 't', partitions: [{ partition: 0, offset: '8', metadata: 'eight' }] }])
  const second = await join(t, kafka)
  await eventually('going on', () => second.messages.length === 12)
  assert.equal(second.messages[0].offset, '8')
})

for (const how of ['stop', 'kill']) {
  test(`clients go on after a ${how} of the broker`, async t => {
    const broker = await Broker.startFor(t)
    const kafka = connectTo(broker)
    const producer = await connected(t, kafka.producer({ idempotent: true, maxInFlightRequests: 1 }))
    const reader = await join(t, kafka)
    await producer.send({ topic: 't', messages: NUMBERS })
    await eventually('reading before', () => reader.messages.length === 20)
    await broker[how]()
    await broker.start()
    await producer.send({ topic: 't', messages: NUMBERS })
    await eventually('reading after', () => reader.messages.length >= 40)
    // Its offsets may not have been committed when the broker went: it reads at least once.
    const offsets = [...new Set(reader.messages.map(m => Number(m.offset)))]
    assert.equal(offsets.length, 40)
    const another = await join(t, kafka, { groupId: 'another' })
    await eventually('another group reads everything', () => another.messages.length === 40)
    assert.deepEqual(another.messages.map(m => m.value.toString()), [...NUMBERS, ...NUMBERS].map(m => m.value))
  })
}

test('a member that vanishes is put out after its session timeout', async t => {
  const kafka = connectTo(await Broker.startFor(t, { 'group.min.session.timeout.ms': 500 }))
  await createTopic(t, kafka, 2)
  // It stops answering heartbeats: it holds the only slot of its event loop in a message that never ends.
  let release
  const held = new Promise(resolve => { release = resolve })
  await produce(t, kafka, 't', [{ value: 'hold', partition: 0 }])
  const silent = await join(t, kafka, { sessionTimeout: 1000, run: { eachMessage: () => held } })
  await eventually('the first member has all', () => isShared([silent], 2))
  const other = await join(t, kafka)
  await eventually('the other takes over', () => isShared([other], 2))
  release()
  await silent.consumer.disconnect()
})
