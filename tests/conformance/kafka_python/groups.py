"""Consumer groups and committed offsets through kafka-python."""

import threading
import time

from client import consume, consumer, create_topic, kafka, produce
from conformance import DEADLINE_S, BrokerTest, eventually, main

from kafka.coordinator.assignors.range import RangePartitionAssignor
from kafka.coordinator.assignors.roundrobin import RoundRobinPartitionAssignor

T0 = kafka.TopicPartition("t", 0)


class Member:
    """A consumer in a thread of its own, since a poll that joins a group waits for the other members."""

    def __init__(self, test, assignor):
        self.assignment = frozenset()
        self.error = None
        self._leaves = threading.Event()
        self._consumer = consumer(test, "g", partition_assignment_strategy=[assignor])
        self._consumer.subscribe(["t"])
        self._thread = threading.Thread(target=self._run)
        self._thread.start()
        test.addCleanup(self.leave)

    def _run(self):
        try:
            while not self._leaves.is_set():
                self._consumer.poll(50)
                self.assignment = frozenset(self._consumer.assignment())
        except kafka.errors.KafkaError as error:
            self.error = error
        self._consumer.close(autocommit=False)

    def leave(self):
        self._leaves.set()
        self._thread.join(DEADLINE_S)


def share(members, partitions):
    """Waits until each member has its share of the partitions and all have one owner."""
    def is_shared():
        time.sleep(0.02)
        owned = [member.assignment for member in members]
        return all(owned) and sum(map(len, owned)) == partitions and len(set().union(*owned)) == partitions

    eventually(f"{partitions} partitions are shared among {len(members)}", is_shared)


class GroupsTest(BrokerTest):
    def check_members_come_and_go(self, assignor):
        create_topic(self, "t", 4)
        first = Member(self, assignor)
        share([first], 4)
        second = Member(self, assignor)
        share([first, second], 4)
        first.leave()
        share([second], 4)

    def test_members_come_and_go_by_range(self):
        self.check_members_come_and_go(RangePartitionAssignor)

    def test_members_come_and_go_round_robin(self):
        self.check_members_come_and_go(RoundRobinPartitionAssignor)

    def test_members_without_a_common_assignor_do_not_share(self):
        create_topic(self, "t", 4)
        first = Member(self, RangePartitionAssignor)
        share([first], 4)
        other = Member(self, RoundRobinPartitionAssignor)
        error = eventually("the other member is refused", lambda: time.sleep(0.02) or other.error)
        self.assertIsInstance(error, kafka.errors.InconsistentGroupProtocolError)
        share([first], 4)

    def test_a_session_timeout_out_of_bounds_is_refused(self):
        create_topic(self, "t")
        reader = consumer(self, "g", session_timeout_ms=1000, heartbeat_interval_ms=300)
        reader.subscribe(["t"])
        with self.assertRaises(kafka.errors.InvalidSessionTimeoutError):
            eventually("the member is refused", lambda: reader.poll(200))


class OffsetsTest(BrokerTest):
    def setUp(self):
        super().setUp()
        produce(self, "t", [(b"k", b"%d" % i) for i in range(20)])

    def test_a_group_goes_on_where_it_committed(self):
        first = consumer(self, "g", max_poll_records=8)
        first.subscribe(["t"])
        consume(first, 8)
        first.commit()
        first.close(autocommit=False)
        second = consumer(self, "g")
        second.subscribe(["t"])
        self.assertEqual(consume(second, 1)[0].offset, 8)

    def test_offsets_are_committed_with_metadata(self):
        writer = consumer(self, "g")
        writer.assign([T0])
        writer.commit({T0: kafka.structs.OffsetAndMetadata(12, "twelve")})
        reader = consumer(self, "g")
        self.assertEqual(reader.committed(T0, metadata=True), (12, "twelve"))
        self.assertIsNone(reader.committed(kafka.TopicPartition("nowhere", 0)))

    def test_metadata_that_is_too_long_is_refused(self):
        writer = consumer(self, "g")
        writer.assign([T0])
        with self.assertRaises(kafka.errors.OffsetMetadataTooLargeError):
            writer.commit({T0: kafka.structs.OffsetAndMetadata(1, "x" * 5000)})

    def test_records_and_offsets_are_there_after_the_broker_was_killed(self):
        first = consumer(self, "g")
        first.subscribe(["t"])
        consume(first, 20)
        first.commit()
        first.close(autocommit=False)
        self.broker.kill()
        self.broker.start()
        produce(self, "t", [(b"k", b"after")])
        second = consumer(self, "g")
        second.subscribe(["t"])
        self.assertEqual(consume(second, 1)[0].value, b"after")
        everything = consumer(self)
        everything.assign([T0])
        self.assertEqual([r.value for r in consume(everything, 21)], [b"%d" % i for i in range(20)] + [b"after"])


if __name__ == "__main__":
    main()
