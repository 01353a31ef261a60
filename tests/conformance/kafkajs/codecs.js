// Each codec through kafkajs: gzip is its own, the others come as plugins.
'use strict'

const assert = require('node:assert/strict')
const { test } = require('node:test')
const { Broker, connectTo, kafkajs, produce, readAll, requireInstalled } = require('./client')

const { CompressionTypes, CompressionCodecs } = kafkajs
const lz4 = requireInstalled('lz4js')
const zstd = requireInstalled('@bokuweb/zstd-wasm')
CompressionCodecs[CompressionTypes.Snappy] = requireInstalled('kafkajs-snappy')
CompressionCodecs[CompressionTypes.LZ4] = () => ({
  compress: async encoder => Buffer.from(lz4.compress(encoder.buffer)),
  decompress: async buffer => Buffer.from(lz4.decompress(buffer)),
})
CompressionCodecs[CompressionTypes.ZSTD] = () => ({
  compress: async encoder => Buffer.from(zstd.compress(encoder.buffer)),
  decompress: async buffer => Buffer.from(zstd.decompress(buffer)),
})

for (const [name, compression] of Object.entries(CompressionTypes)) {
  test(`${name} comes back`, async t => {
    await zstd.init()
    const kafka = connectTo(await Broker.startFor(t))
    const value = i => `value ${i} of many that look alike`
    const messages = Array.from({ length: 2000 }, (_, i) => ({ key: `k${i}`, value: value(i) }))
    await produce(t, kafka, 't', messages, { compression })
    const got = await readAll(t, kafka, 't', messages.length)
    assert.deepEqual(got.map(m => ({ key: m.key.toString(), value: m.value.toString() })), messages)
  })
}
