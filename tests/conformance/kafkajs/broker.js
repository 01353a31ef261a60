// `millrace broker` as a process of its own, its data in a directory that goes with it.
'use strict'

const { spawn } = require('node:child_process')
const { once } = require('node:events')
const fs = require('node:fs')
const os = require('node:os')
const path = require('node:path')
const readline = require('node:readline')

// Runs cleanups after a test, the last one first; node's own hooks begin with the first.
const cleanups = new WeakMap()
function atEnd(test, cleanup) {
  if (!cleanups.has(test)) {
    cleanups.set(test, [])
    test.after(async () => {
      for (const each of cleanups.get(test).reverse()) await each()
    })
  }
  cleanups.get(test).push(cleanup)
}

class Broker {
  constructor(settings) {
    this.settings = settings
    this.dataDir = fs.mkdtempSync(path.join(os.tmpdir(), 'millrace-conformance-'))
    this.address = '127.0.0.1:0'
  }

  // Started for a test, removed after it. Settings are the broker's: { 'num.partitions': 4 }.
  static async startFor(test, settings = {}) {
    const broker = new Broker(settings)
    atEnd(test, () => broker.remove())
    await broker.start()
    return broker
  }

  // Again on the port that it had.
  async start() {
    // It goes when this process does, however that ends.
    const command = ['--pdeathsig', 'KILL', process.env.MILLRACE_PROGRAM, 'broker']
    command.push('--data-dir', this.dataDir, '--listen', this.address)
    for (const [name, value] of Object.entries(this.settings)) command.push('--config', `${name}=${value}`)
    this.process = spawn('setpriv', command, { stdio: ['ignore', 'pipe', 'inherit'] })
    this.exited = once(this.process, 'exit')
    const ended = this.exited.then(([code]) => `ended with exit code ${code}`)
    const lines = readline.createInterface({ input: this.process.stdout })
    const said = await Promise.race([once(lines, 'line').then(([line]) => line), ended])
    const ready = /^millrace broker listening on (\S+)$/.exec(said)
    if (!ready) throw new Error(`the broker did not start: ${said}`)
    this.address = ready[1]
  }

  // As a service is stopped.
  async stop() {
    this.process.kill('SIGTERM')
    const [code] = await this.exited
    if (code !== 0) throw new Error(`the broker stopped with exit code ${code}`)
  }

  async kill() {
    this.process.kill('SIGKILL')
    await this.exited
  }

  async remove() {
    if (this.process && this.process.exitCode === null && this.process.signalCode === null) await this.kill()
    fs.rmSync(this.dataDir, { recursive: true, force: true })
  }
}

module.exports = { Broker, atEnd }
