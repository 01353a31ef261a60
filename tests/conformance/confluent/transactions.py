"""Exactly once with confluent-kafka: commits, aborts, offsets in transactions, zombies, restarts."""

import itertools

from client import confluent_kafka, consume, consumer, create_topic, produce, read_all
from conformance import DEADLINE_S, BrokerTest, main

TopicPartition = confluent_kafka.TopicPartition


def transactional(broker, transactional_id="tx", **config):
    settings = {"bootstrap.servers": broker.address, "transactional.id": transactional_id, **config}
    producer = confluent_kafka.Producer(settings)
    producer.init_transactions(DEADLINE_S)
    return producer


class TransactionsTest(BrokerTest):
    def setUp(self):
        super().setUp()
        create_topic(self.broker, "out")

    def committed(self, count):
        return [m.value().decode() for m in read_all(self.broker, "out", count, isolation_level="read_committed")]

    def test_only_what_is_committed_is_read(self):
        producer = transactional(self.broker)
        expected = []
        for i in range(10):
            producer.begin_transaction()
            producer.produce("out", f"{i}")
            if i % 2:
                producer.commit_transaction(DEADLINE_S)
                expected.append(f"{i}")
            else:
                producer.flush(DEADLINE_S)
                producer.abort_transaction(DEADLINE_S)
        self.assertEqual(self.committed(5), expected)
        self.broker.kill()
        self.broker.start()
        self.assertEqual(self.committed(5), expected)

    def test_each_input_has_one_output_though_transactions_abort(self):
        create_topic(self.broker, "in")
        produce(self.broker, "in", [{"value": f"{i}"} for i in range(30)])
        outcomes = itertools.cycle(["commit", "abort", "commit"])
        done = 0
        while done < 30:
            # A new process each time: it begins where the last committed transaction says.
            reader = consumer(self.broker, "g", isolation_level="read_committed")
            reader.subscribe(["in"])
            producer = transactional(self.broker)
            message, = consume(reader, 1)
            self.assertEqual(message.offset(), done)
            producer.begin_transaction()
            for i in range(done, done + 10):
                producer.produce("out", f"{i}")
            offsets = [TopicPartition("in", 0, done + 10)]
            producer.send_offsets_to_transaction(offsets, reader.consumer_group_metadata(), DEADLINE_S)
            if next(outcomes) == "commit":
                producer.commit_transaction(DEADLINE_S)
                done += 10
            else:
                producer.abort_transaction(DEADLINE_S)
            reader.close()
        self.assertEqual(self.committed(30), [f"{i}" for i in range(30)])

    def test_a_newer_producer_fences_the_one_before(self):
        zombie = transactional(self.broker)
        zombie.begin_transaction()
        zombie.produce("out", "of the zombie")
        zombie.flush(DEADLINE_S)
        producer = transactional(self.broker)
        producer.begin_transaction()
        producer.produce("out", "of the new one")
        producer.commit_transaction(DEADLINE_S)
        with self.assertRaises(confluent_kafka.KafkaException) as raised:
            zombie.commit_transaction(DEADLINE_S)
        self.assertTrue(raised.exception.args[0].fatal())
        self.assertEqual(self.committed(1), ["of the new one"])

    def test_a_transaction_outlives_the_broker(self):
        for how in [self.broker.stop, self.broker.kill]:
            with self.subTest(how.__name__):
                topic = f"out-{how.__name__}"
                create_topic(self.broker, topic)
                producer = transactional(self.broker, how.__name__)
                producer.begin_transaction()
                producer.produce(topic, "before")
                producer.flush(DEADLINE_S)
                how()
                self.broker.start()
                producer.produce(topic, "after")
                producer.commit_transaction(DEADLINE_S)
                found = read_all(self.broker, topic, 2, isolation_level="read_committed")
                self.assertEqual([m.value() for m in found], [b"before", b"after"])


if __name__ == "__main__":
    main()
