"""Committed offsets through confluent-kafka."""

from client import confluent_kafka, consume, consumer, produce
from conformance import BrokerTest, eventually, main

TopicPartition = confluent_kafka.TopicPartition


class OffsetsTest(BrokerTest):
    def setUp(self):
        super().setUp()
        produce(self.broker, "t", [("k", str(i)) for i in range(20)])

    def member(self, group="g", **config):
        member = consumer(self.broker, group, **config)
        self.addCleanup(member.close)
        member.subscribe(["t"])
        return member

    def test_a_group_goes_on_where_it_committed(self):
        first = self.member()
        consume(first, 8)
        first.commit(asynchronous=False)
        first.close()
        second = self.member()
        self.assertEqual(consume(second, 1)[0].offset(), 8)

    def test_another_group_reads_everything(self):
        for group in ["g", "h"]:
            member = self.member(group=group)
            self.assertEqual(len(consume(member, 20)), 20)
            member.commit(asynchronous=False)

    def test_offsets_are_committed_without_joining(self):
        writer = consumer(self.broker)
        self.addCleanup(writer.close)
        writer.commit(offsets=[TopicPartition("t", 0, 12)], asynchronous=False)
        (committed,) = writer.committed([TopicPartition("t", 0)], 10)
        self.assertEqual((committed.offset, committed.error), (12, None))
        self.assertEqual(writer.committed([TopicPartition("nowhere", 0)], 10)[0].offset, confluent_kafka.OFFSET_INVALID)

    def test_auto_commit_commits_what_was_read(self):
        first = self.member(enable_auto_commit=True, auto_commit_interval_ms=100)
        consume(first, 20)
        first.close()
        second = consumer(self.broker)
        self.addCleanup(second.close)
        self.assertEqual(second.committed([TopicPartition("t", 0)], 10)[0].offset, 20)

    def test_a_member_of_an_old_generation_cannot_commit(self):
        first = consumer(self.broker, max_poll_interval_ms=6000)
        self.addCleanup(first.close_or_leave)
        first.subscribe(["t"])
        consume(first, 5)
        second = self.member()
        eventually("the partition moves", lambda: second.poll(0.2) and second.assignment())
        with self.assertRaises(confluent_kafka.KafkaException):
            first.commit(offsets=[TopicPartition("t", 0, 1)], asynchronous=False)


if __name__ == "__main__":
    main()
