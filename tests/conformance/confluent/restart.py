"""What confluent-kafka's clients find again after the broker was stopped, or killed, and started again."""

from client import (admin, confluent_kafka, consume, consumer, create_topic, done, produce, read_all)
from conformance import BrokerTest, eventually, main

TopicPartition = confluent_kafka.TopicPartition


class RestartTest(BrokerTest):
    def restart(self, how):
        how()
        self.broker.start()

    def test_records_offsets_and_settings_are_there_again(self):
        for how in [self.broker.stop, self.broker.kill]:
            with self.subTest(how.__name__):
                topic = how.__name__
                create_topic(self.broker, topic, 2, retention_ms="1234567")
                produce(self.broker, topic, [{"value": str(i), "partition": i % 2} for i in range(200)], acks="all",
                        compression_type="zstd")
                reader = consumer(self.broker, topic)
                reader.commit(offsets=[TopicPartition(topic, 1, 33)], asynchronous=False)
                reader.close()
                self.restart(how)

                resource = confluent_kafka.admin.ConfigResource(confluent_kafka.admin.RESOURCE_TOPIC, topic)
                client = admin(self.broker)
                configs = done(client.describe_configs([resource]))
                self.assertEqual(configs["retention.ms"].value, "1234567")
                for partition in range(2):
                    values = [int(m.value()) for m in read_all(self.broker, topic, 100, partition)]
                    self.assertEqual(values, list(range(partition, 200, 2)))
                reader = consumer(self.broker, topic)
                self.assertEqual(reader.committed([TopicPartition(topic, 1)], 10)[0].offset, 33)
                reader.close()
                (delivered,) = produce(self.broker, topic, [{"value": "after", "partition": 0}])
                self.assertGreaterEqual(delivered.offset(), 100)

    def test_clients_go_on_through_a_restart(self):
        for how in [self.broker.stop, self.broker.kill]:
            with self.subTest(how.__name__):
                topic = f"through-{how.__name__}"
                create_topic(self.broker, topic)
                producer = confluent_kafka.Producer({
                    "bootstrap.servers": self.broker.address, "enable.idempotence": True,
                    "reconnect.backoff.ms": 50, "reconnect.backoff.max.ms": 200})
                reader = consumer(self.broker, topic, reconnect_backoff_ms=50, reconnect_backoff_max_ms=200)
                reader.subscribe([topic])
                values = [b"%d" % i for i in range(60)]
                for value in values[:20]:
                    producer.produce(topic, value)
                self.assertEqual(producer.flush(20), 0)
                self.assertEqual([m.value() for m in consume(reader, 20)], values[:20])

                how()
                for value in values[20:40]:
                    producer.produce(topic, value)
                self.broker.start()
                for value in values[40:]:
                    producer.produce(topic, value)
                self.assertEqual(producer.flush(20), 0, "the producer does not go on")
                got = []

                def poll():
                    message = reader.poll(0.2)
                    if message is not None and not message.error():
                        got.append(message.value())
                    return len(got) == 40

                eventually("the consumer goes on", poll)
                self.assertEqual(got, values[20:])
                reader.close()


if __name__ == "__main__":
    main()
