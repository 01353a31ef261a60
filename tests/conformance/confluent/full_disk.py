"""A broker whose disk is full, as a client sees it: refused by name, read as ever, well again when there is space."""

import os
import subprocess
import unittest

from client import confluent_kafka, consumer, create_topic, produce, read_all
from conformance import DEADLINE_S, Broker, main

KafkaError = confluent_kafka.KafkaError

DISK_BYTES = 16 << 20
# In a namespace of its own: needs no root, and goes with the broker.
NAMESPACE = ["unshare", "--user", "--map-root-user", "--mount"]
MOUNT = f"mount -t tmpfs -o size={DISK_BYTES} none"


class SmallDiskBroker(Broker):
    """Its data directory is a file system of its own, of DISK_BYTES."""

    def _command(self):
        return NAMESPACE + ["sh", "-c", f'{MOUNT} "$0" && exec "$@"', self._data_dir] + super()._command()

    def _file_beside_the_logs(self):
        return f"/proc/{self._process.pid}/root{self._data_dir}/filler"

    def fill_disk(self):
        with open(self._file_beside_the_logs(), "wb", buffering=0) as filler:
            try:
                while True:
                    filler.write(bytes(4096))
            except OSError:
                pass

    def free_disk(self):
        os.remove(self._file_beside_the_logs())


def can_mount():
    return subprocess.run(NAMESPACE + ["sh", "-c", f"{MOUNT} /mnt"], stderr=subprocess.DEVNULL).returncode == 0


@unittest.skipUnless(can_mount(), "a file system of its own cannot be mounted here")
class FullDiskTest(unittest.TestCase):
    def setUp(self):
        self.broker = SmallDiskBroker()
        self.addCleanup(self.broker.remove)
        create_topic(self.broker, "t")

    def refusal(self, **config):
        """The error that a record of half a megabyte is refused with."""
        errors = []
        producer = confluent_kafka.Producer({"bootstrap.servers": self.broker.address, "retries": 0, **config})
        producer.produce("t", bytes(500_000), on_delivery=lambda error, message: errors.append(error))
        self.assertEqual(producer.flush(DEADLINE_S), 0)
        return errors[0]

    def test_producers_are_told_reads_go_on_and_space_heals_it(self):
        values = [b"%d" % i for i in range(100)]
        produce(self.broker, "t", [(None, value) for value in values], acks="all")
        reader = consumer(self.broker, "g")
        reader.commit(offsets=[confluent_kafka.TopicPartition("t", 0, 42)], asynchronous=False)

        self.broker.fill_disk()
        for acks in ["all", "1"]:
            error = self.refusal(acks=acks)
            self.assertEqual(error.code(), KafkaError.KAFKA_STORAGE_ERROR, error)
        self.assertEqual([m.value() for m in read_all(self.broker, "t", 100)], values)
        self.assertEqual(reader.committed([confluent_kafka.TopicPartition("t", 0)], 10)[0].offset, 42)

        # What was tried in vain left nothing behind.
        self.broker.free_disk()
        (delivered,) = produce(self.broker, "t", [(None, b"after")], acks="all")
        self.assertEqual(delivered.offset(), 100)
        reader.commit(offsets=[confluent_kafka.TopicPartition("t", 0, 43)], asynchronous=False)
        self.assertEqual([m.value() for m in read_all(self.broker, "t", 101)], values + [b"after"])
        reader.close()

    def test_a_producer_that_retries_gets_through_when_there_is_space(self):
        self.broker.fill_disk()
        delivered = []
        producer = confluent_kafka.Producer({"bootstrap.servers": self.broker.address, "enable.idempotence": True})
        for i in range(20):
            producer.produce("t", bytes([i]) * 100_000, on_delivery=lambda e, m: delivered.append((e, m.offset())))
        producer.poll(1)
        self.assertEqual(delivered, [])
        self.broker.free_disk()
        self.assertEqual(producer.flush(DEADLINE_S), 0)
        self.assertEqual(delivered, [(None, i) for i in range(20)])


if __name__ == "__main__":
    main()
