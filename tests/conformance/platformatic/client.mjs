// @platformatic/kafka, a client written in TypeScript that sends newer versions of most requests than the other clients
// do. A script that imports this ends as kafkajs's scripts do: 77 where the client is not installed.
import fs from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { pathToFileURL } from 'node:url'

const { Broker, atEnd } = createRequire(import.meta.url)('../kafkajs/broker')

const SKIPPED = 77
const DEADLINE_MS = 20_000

// `import` does not look into NODE_PATH.
async function importInstalled(name) {
  const folders = (process.env.NODE_PATH || '').split(path.delimiter)
  const entry = folders.map(folder => path.join(folder, name, 'dist', 'index.js')).find(file => fs.existsSync(file))
  const [major, minor] = process.versions.node.split('.').map(Number)
  const isOld = major < 20 || (major === 20 && minor < 19)
  if (entry && !isOld) return import(pathToFileURL(entry))
  console.log(`SKIPPED: ${name} ${isOld ? `does not run on Node.js ${process.version}` : 'is not installed'}`)
  process.exit(SKIPPED)
}

const kafka = await importInstalled('@platformatic/kafka')

// An Admin, Producer or Consumer for the broker, closed after the test.
function client(test, Kind, broker, options = {}) {
  const made = new Kind({
    clientId: 'platformatic', bootstrapBrokers: [broker.address], retries: 10, retryDelay: 50, ...options,
  })
  // A consumer leaves its group, also where it still reads.
  atEnd(test, () => Kind === kafka.Consumer ? made.close(true) : made.close())
  return made
}

async function eventually(what, condition) {
  const deadline = Date.now() + DEADLINE_MS
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`did not happen within ${DEADLINE_MS} ms: ${what}`)
    await new Promise(resolve => setTimeout(resolve, 20))
  }
}

// A member of a group that collects what it is given.
async function join(test, broker, topic, groupId, options = {}) {
  const consumer = client(test, kafka.Consumer, broker, { groupId, deserializers: kafka.stringDeserializers })
  const stream = await consumer.consume({
    topics: [topic], mode: kafka.MessagesStreamModes.COMMITTED,
    fallbackMode: kafka.MessagesStreamFallbackModes.EARLIEST, autocommit: 100, sessionTimeout: 6000,
    heartbeatInterval: 300, maxWaitTime: 200, ...options,
  })
  const messages = []
  stream.on('data', message => messages.push(message))
  return { consumer, stream, messages }
}

export { Broker, client, eventually, join, kafka }
