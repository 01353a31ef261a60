"""Records through kafka-python: what is produced comes back, with headers, nulls, times and offsets."""

import time

from client import consume, consumer, create_topic, kafka, produce, read_all
from conformance import BrokerTest, main

T0 = kafka.TopicPartition("t", 0)


class RecordsTest(BrokerTest):
    def test_every_acks_is_answered(self):
        for acks in [0, 1, "all"]:
            with self.subTest(acks=acks):
                topic = f"acks-{acks}"
                create_topic(self, topic)
                produce(self, topic, [(b"k", b"%d" % i) for i in range(50)], acks=acks)
                self.assertEqual([r.value for r in read_all(self, topic, 50)], [b"%d" % i for i in range(50)])

    def test_headers_nulls_and_empty_values_come_back(self):
        headers = [("color", b"blue"), ("color", b"\x00\xff"), ("empty", b"")]
        produce(self, "t", [
            {"key": b"k", "value": b"v", "headers": headers},
            {"key": None, "value": b"no key"},
            {"key": b"deleted", "value": None},
            {"key": b"", "value": b""},
        ])
        first, no_key, deleted, empty = read_all(self, "t", 4)
        self.assertEqual(first.headers, headers)
        self.assertEqual((no_key.key, no_key.value, no_key.headers), (None, b"no key", []))
        self.assertEqual((deleted.key, deleted.value), (b"deleted", None))
        self.assertEqual((empty.key, empty.value), (b"", b""))

    def test_deliveries_tell_offsets_and_times(self):
        placed = produce(self, "t", [{"value": b"v", "timestamp_ms": 1000 + i} for i in range(100)])
        self.assertEqual([(p.offset, p.timestamp) for p in placed], [(i, 1000 + i) for i in range(100)])

    def test_the_broker_tells_its_append_time(self):
        create_topic(self, "t", message_timestamp_type="LogAppendTime")
        before_ms = int(time.time() * 1000)
        (placed,) = produce(self, "t", [{"value": b"v", "timestamp_ms": 1000}])
        self.assertTrue(before_ms <= placed.timestamp <= time.time() * 1000, placed)
        (record,) = read_all(self, "t", 1)
        self.assertEqual((record.timestamp, record.timestamp_type), (placed.timestamp, 1))

    def test_large_records_pass_where_the_topic_takes_them(self):
        create_topic(self, "large", max_message_bytes=str(6 << 20))
        value = bytes(range(256)) * (20 << 10)  # 5 MiB
        # One by one: the client forgets to send a request that it queued while a large one was on its way.
        produce(self, "large", [(b"k", value)], max_request_size=6 << 20)
        produce(self, "large", [(b"k", b"after")])
        first, after = read_all(self, "large", 2)
        self.assertEqual(first.value, value)
        self.assertEqual(after.value, b"after")

    def test_a_record_that_is_too_large_is_refused(self):
        create_topic(self, "small", max_message_bytes="2000")
        with self.assertRaises(kafka.errors.MessageSizeTooLargeError):
            produce(self, "small", [(b"k", b"x" * 4000)])
        produce(self, "small", [(b"k", b"fits")])


class PositionsTest(BrokerTest):
    def setUp(self):
        super().setUp()
        self.times = [1_600_000_000_000 + 1000 * i for i in range(100)]
        produce(self, "t", [{"value": b"%d" % i, "timestamp_ms": t} for i, t in enumerate(self.times)])
        self.reader = consumer(self)
        self.reader.assign([T0])

    def test_offsets_are_found_by_time(self):
        for time_ms, expected in [(0, 0), (self.times[42], 42), (self.times[42] + 1, 43)]:
            found = self.reader.offsets_for_times({T0: time_ms})[T0]
            self.assertEqual((found.offset, found.timestamp), (expected, self.times[expected]))
        self.assertIsNone(self.reader.offsets_for_times({T0: self.times[99] + 1})[T0])

    def test_the_ends_of_the_log_are_told(self):
        self.assertEqual(self.reader.beginning_offsets([T0]), {T0: 0})
        self.assertEqual(self.reader.end_offsets([T0]), {T0: 100})

    def test_seek_goes_back_and_forth(self):
        for offset in [50, 90, 10, 0, 99]:
            self.reader.seek(T0, offset)
            self.assertEqual(consume(self.reader, 1)[0].value, b"%d" % offset)
            self.assertEqual(self.reader.position(T0), offset + 1)

    def test_an_offset_beyond_the_end_is_reset(self):
        self.reader.seek(T0, 1000)
        self.assertEqual(consume(self.reader, 1)[0].offset, 0)


if __name__ == "__main__":
    main()
