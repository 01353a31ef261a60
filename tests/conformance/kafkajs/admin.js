// Topics, settings, offsets and groups through kafkajs' admin client.
'use strict'

const assert = require('node:assert/strict')
const { test } = require('node:test')
const { Broker, connectTo, connected, eventually, join, kafkajs, produce, readAll } = require('./client')

const { ConfigResourceTypes } = kafkajs

async function start(t, settings) {
  const broker = await Broker.startFor(t, settings)
  const kafka = connectTo(broker)
  return { broker, kafka, admin: await connected(t, kafka.admin()) }
}

test('a topic is created, described and deleted', async t => {
  const { admin, kafka } = await start(t)
  assert.equal(await admin.createTopics({ topics: [{ topic: 'orders', numPartitions: 3 }] }), true)
  assert.equal(await admin.createTopics({ topics: [{ topic: 'orders', numPartitions: 3 }] }), false)
  assert.deepEqual(await admin.listTopics(), ['orders'])
  const { topics: [topic] } = await admin.fetchTopicMetadata({ topics: ['orders'] })
  assert.deepEqual(topic.partitions.map(p => [p.partitionId, p.leader, p.replicas, p.isr]).sort(),
    [0, 1, 2].map(id => [id, 1, [1], [1]]))
  await admin.deleteTopics({ topics: ['orders'] })
  assert.deepEqual(await admin.listTopics(), [])
  const impatient = await connected(t, kafka.admin({ retry: { retries: 0 } }))
  await assert.rejects(impatient.deleteTopics({ topics: ['orders'] }), /does not host this topic/)
})

test('topics that make no sense are refused, one by one', async t => {
  const { admin } = await start(t)
  const refused = {
    INVALID_TOPIC_EXCEPTION: { topic: 'not a name' },
    INVALID_PARTITIONS: { topic: 't', numPartitions: 0 },
    INVALID_REPLICATION_FACTOR: { topic: 't', replicationFactor: 3 },
    INVALID_CONFIG: { topic: 't', configEntries: [{ name: 'no.such', value: '1' }] },
  }
  for (const [type, topic] of Object.entries(refused)) {
    await assert.rejects(admin.createTopics({ topics: [topic] }), error => error.errors[0].type === type)
  }
  const fine = { topics: [{ topic: 'fine' }], validateOnly: true, waitForLeaders: false }
  assert.equal(await admin.createTopics(fine), true)
  assert.deepEqual(await admin.listTopics(), [])
})

test('partitions are added', async t => {
  const { admin } = await start(t)
  await admin.createTopics({ topics: [{ topic: 't', numPartitions: 1 }] })
  await admin.createPartitions({ topicPartitions: [{ topic: 't', count: 4 }] })
  assert.equal((await admin.fetchTopicMetadata({ topics: ['t'] })).topics[0].partitions.length, 4)
  await assert.rejects(admin.createPartitions({ topicPartitions: [{ topic: 't', count: 2 }] }),
    { type: 'INVALID_PARTITIONS' })
})

test('the cluster is described as it was reached', async t => {
  const { admin, broker } = await start(t)
  const cluster = await admin.describeCluster()
  assert.deepEqual(cluster.brokers.map(b => `${b.host}:${b.port}`), [broker.address])
  assert.equal(cluster.controller, cluster.brokers[0].nodeId)
  assert.match(cluster.clusterId, /^[A-Za-z0-9_-]{22}$/)
})

test('settings are told with their synonyms, and altered', async t => {
  const { admin } = await start(t, { 'log.retention.hours': 2 })
  await admin.createTopics({ topics: [{ topic: 't', configEntries: [{ name: 'cleanup.policy', value: 'compact' }] }] })
  const describe = async name => {
    const resources = [{ type: ConfigResourceTypes.TOPIC, name: 't', configNames: [name] }]
    const { resources: [resource] } = await admin.describeConfigs({ resources, includeSynonyms: true })
    assert.equal(resource.configEntries.length, 1)
    return resource.configEntries[0]
  }
  const policy = await describe('cleanup.policy')
  assert.equal(policy.configValue, 'compact')
  assert.deepEqual(policy.configSynonyms.map(s => [s.configName, s.configValue]),
    [['cleanup.policy', 'compact'], ['log.cleanup.policy', 'delete']])
  assert.equal((await describe('retention.ms')).configValue, '7200000')

  const alter = value => admin.alterConfigs({
    validateOnly: false,
    resources: [{ type: ConfigResourceTypes.TOPIC, name: 't', configEntries: [{ name: 'retention.ms', value }] }],
  })
  await alter('1234')
  assert.equal((await describe('retention.ms')).configValue, '1234')
  assert.equal((await describe('cleanup.policy')).configValue, 'delete')
  await assert.rejects(alter('soon'), { type: 'INVALID_CONFIG' })
})

test('offsets are told, by time too', async t => {
  const { admin, kafka } = await start(t)
  await produce(t, kafka, 't', Array.from({ length: 10 }, (_, i) => ({ value: `${i}`, timestamp: `${1000 + i}` })))
  const ends = { partition: 0, offset: '10', high: '10', low: '0' }
  assert.deepEqual(await admin.fetchTopicOffsets('t'), [ends])
  assert.deepEqual(await admin.fetchTopicOffsetsByTimestamp('t', 1004), [{ partition: 0, offset: '4' }])
  assert.deepEqual(await admin.fetchTopicOffsetsByTimestamp('t', 5000), [{ partition: 0, offset: '10' }])
})

test('the oldest records are deleted', async t => {
  const { admin, kafka } = await start(t)
  await produce(t, kafka, 't', Array.from({ length: 10 }, (_, i) => ({ value: `${i}` })))
  await admin.fetchTopicMetadata({ topics: ['t'] }) // deleteTopicRecords does not ask by itself where they are.
  await admin.deleteTopicRecords({ topic: 't', partitions: [{ partition: 0, offset: '6' }] })
  assert.deepEqual(await admin.fetchTopicOffsets('t'), [{ partition: 0, offset: '10', high: '10', low: '6' }])
  assert.deepEqual((await readAll(t, kafka, 't', 4)).map(m => m.value.toString()), ['6', '7', '8', '9'])
  const impatient = await connected(t, kafka.admin({ retry: { retries: 0 } }))
  await impatient.fetchTopicMetadata({ topics: ['t'] })
  await assert.rejects(impatient.deleteTopicRecords({ topic: 't', partitions: [{ partition: 0, offset: '11' }] }),
    error => error.cause.partitions[0].error.type === 'OFFSET_OUT_OF_RANGE')
})

test('groups are listed, described, and deleted once they are empty', async t => {
  const { admin, kafka } = await start(t)
  await produce(t, kafka, 't', [{ value: 'v' }])
  const { consumer, messages } = await join(t, kafka, { groupId: 'readers' })
  await eventually('reading', () => messages.length === 1)
  assert.deepEqual((await admin.listGroups()).groups, [{ groupId: 'readers', protocolType: 'consumer' }])
  const { groups: [group] } = await admin.describeGroups(['readers'])
  assert.deepEqual([group.state, group.protocolType, group.protocol], ['Stable', 'consumer', 'RoundRobinAssigner'])
  const [member] = group.members
  assert.deepEqual([member.clientId, member.clientHost], ['kafkajs', '/127.0.0.1'])
  assert.deepEqual(kafkajs.AssignerProtocol.MemberAssignment.decode(member.memberAssignment).assignment, { t: [0] })
  await assert.rejects(admin.deleteGroups(['readers']), error => error.groups[0].error.type === 'NON_EMPTY_GROUP')
  await consumer.disconnect()
  await admin.deleteGroups(['readers'])
  assert.deepEqual((await admin.listGroups()).groups, [])
})

test("a group's offsets are set, told and reset", async t => {
  const { admin, kafka } = await start(t)
  await produce(t, kafka, 't', Array.from({ length: 10 }, (_, i) => ({ value: `${i}` })))
  const offset = async () => (await admin.fetchOffsets({ groupId: 'g', topics: ['t'] }))[0].partitions[0].offset
  assert.equal(await offset(), '-1')
  await admin.setOffsets({ groupId: 'g', topic: 't', partitions: [{ partition: 0, offset: '7' }] })
  assert.equal(await offset(), '7')
  assert.deepEqual((await admin.fetchOffsets({ groupId: 'g' })).map(o => o.topic), ['t'])
  const { messages, consumer } = await join(t, kafka)
  await eventually('reading from there', () => messages.length === 3)
  await consumer.disconnect()
  await admin.resetOffsets({ groupId: 'g', topic: 't', earliest: true })
  assert.equal(await offset(), '-2') // Its name for the beginning.
})
