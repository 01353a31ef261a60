"""librdkafka as it speaks to brokers before 0.10, which could not tell what they serve: message format 0."""

from client import confluent_kafka, consume, consumer, create_topic, produce, read_all
from conformance import BrokerTest, main

RECORDS = [(f"key-{i}", f"value {i} of many that look alike") for i in range(500)]
OLD = {"api_version_request": False, "broker_version_fallback": "0.9.0.1"}
OLDER = {"api_version_request": False, "broker_version_fallback": "0.8.2.2"}


def keys_and_values(messages):
    return [(message.key().decode(), message.value().decode()) for message in messages]


class OldVersionsTest(BrokerTest):
    def test_every_codec_of_then_comes_back(self):
        for codec in ["none", "gzip", "snappy", "lz4"]:
            for reader in ["old", "new"]:
                with self.subTest(codec=codec, reader=reader):
                    topic = f"{codec}-{reader}"
                    create_topic(self.broker, topic)
                    produce(self.broker, topic, RECORDS, compression_type=codec, **OLD)
                    messages = read_all(self.broker, topic, len(RECORDS), **(OLD if reader == "old" else {}))
                    self.assertEqual(keys_and_values(messages), RECORDS)

    def test_an_old_reader_reads_what_new_producers_write(self):
        for codec in ["none", "gzip", "snappy", "lz4"]:
            with self.subTest(codec=codec):
                records = [{"key": k, "value": v, "headers": [("h", "left out")]} for k, v in RECORDS]
                produce(self.broker, codec, records, compression_type=codec)
                self.assertEqual(keys_and_values(read_all(self.broker, codec, len(RECORDS), **OLD)), RECORDS)

    def test_an_old_group_reads_and_commits(self):
        produce(self.broker, "t", RECORDS, **OLD)
        member = consumer(self.broker, **OLD)
        self.addCleanup(member.close)
        member.subscribe(["t"])
        consume(member, 100)
        member.commit(asynchronous=False)
        member.close()
        after = consumer(self.broker)
        self.addCleanup(after.close)
        self.assertEqual(after.committed([confluent_kafka.TopicPartition("t", 0)], 10)[0].offset, 100)

    def test_the_oldest_that_is_spoken_produces_and_reads(self):
        produce(self.broker, "t", RECORDS, **OLDER)
        self.assertEqual(keys_and_values(read_all(self.broker, "t", len(RECORDS), **OLDER)), RECORDS)


if __name__ == "__main__":
    main()
