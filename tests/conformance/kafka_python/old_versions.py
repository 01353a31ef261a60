"""kafka-python as it spoke to brokers of old: groups with the first versions of each request."""

from client import consume, consumer, create_topic, kafka, produce
from conformance import BrokerTest, main

# From the first with groups to the last that the client knows.
VERSIONS = [(0, 9), (0, 10, 0), (0, 10, 1), (0, 11), (1, 0), (1, 1), (2, 0), (2, 1), (2, 3)]
RECORDS = [(b"key-%d" % i, b"value %d of many that look alike" % i) for i in range(500)] + [(None, b"no key")]


class OldVersionsTest(BrokerTest):
    def test_a_group_reads_and_commits(self):
        for version in VERSIONS:
            with self.subTest(version):
                topic = "t" + "".join(map(str, version))
                create_topic(self, topic)
                produce(self, topic, RECORDS, api_version=version)
                member = consumer(self, topic, api_version=version)
                member.subscribe([topic])
                self.assertEqual([(r.key, r.value) for r in consume(member, len(RECORDS))], RECORDS)
                member.commit()
                member.close(autocommit=False)
                after = consumer(self, topic, api_version=version)
                self.assertEqual(after.committed(kafka.TopicPartition(topic, 0)), len(RECORDS))


if __name__ == "__main__":
    main()
