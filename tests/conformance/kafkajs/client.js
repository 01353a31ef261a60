// kafkajs, a client written in JavaScript alone, with settings that suit tests. A script that requires this ends with 0
// when everything in it passed, 77 (ctest's "Skipped") where kafkajs is not installed, 1 otherwise.
'use strict'

const { Broker, atEnd } = require('./broker')

const SKIPPED = 77
const DEADLINE_MS = 20_000

// A module of npm's; ends the script as skipped where it is not installed.
function requireInstalled(name) {
  try {
    return require(name)
  } catch (error) {
    if (error.code !== 'MODULE_NOT_FOUND') throw error
    console.log(`SKIPPED: ${name} is not installed`)
    process.exit(SKIPPED)
  }
}

const kafkajs = requireInstalled('kafkajs')

function connectTo(broker, config = {}) {
  return new kafkajs.Kafka({
    brokers: [broker.address],
    logLevel: kafkajs.logLevel.NOTHING,
    retry: { initialRetryTime: 50, maxRetryTime: 500, retries: 20 },
    ...config,
  })
}

// A connected admin client, producer or consumer, disconnected after the test.
async function connected(test, client) {
  atEnd(test, () => client.disconnect())
  await client.connect()
  return client
}

// The first true value of condition(), which may be asynchronous; fails, naming what was waited for, when none comes in
// time.
async function eventually(what, condition) {
  const deadline = Date.now() + DEADLINE_MS
  for (;;) {
    const value = await condition()
    if (value) return value
    if (Date.now() > deadline) throw new Error(`did not happen within ${DEADLINE_MS} ms: ${what}`)
    await new Promise(resolve => setTimeout(resolve, 20))
  }
}

async function produce(test, kafka, topic, messages, options = {}, config = {}) {
  const producer = await connected(test, kafka.producer(config))
  return producer.send({ topic, messages, ...options })
}

// A member of a group that collects what it is given, in `messages`, and what it is assigned, in `partitions`.
async function join(test, kafka, { topic = 't', groupId = 'g', fromBeginning = true, run = {}, ...config } = {}) {
  const settings = { groupId, sessionTimeout: 6000, heartbeatInterval: 300, maxWaitTimeInMs: 200, ...config }
  const consumer = kafka.consumer(settings)
  const member = { consumer, messages: [], partitions: null }
  consumer.on(consumer.events.GROUP_JOIN, event => {
    member.partitions = event.payload.memberAssignment[topic] || []
  })
  await connected(test, consumer)
  await consumer.subscribe({ topic, fromBeginning })
  await consumer.run({
    eachMessage: async ({ partition, message }) => { member.messages.push({ partition, ...message }) },
    ...run,
  })
  return member
}

async function readAll(test, kafka, topic, count) {
  const { messages, consumer } = await join(test, kafka, { topic, groupId: `reader-of-${topic}` })
  await eventually(`reading ${count} messages of ${topic}`, () => messages.length >= count)
  await consumer.disconnect()
  return messages
}

module.exports = { Broker, connectTo, connected, eventually, join, kafkajs, produce, readAll, requireInstalled }
