"""Records through confluent-kafka: what is produced comes back, with each codec, headers, nulls, times, offsets."""

import time

from client import confluent_kafka, consume, consumer, create_topic, produce, read_all
from conformance import BrokerTest, main

TopicPartition = confluent_kafka.TopicPartition
CODECS = ["none", "gzip", "snappy", "lz4", "zstd"]


class RecordsTest(BrokerTest):
    def test_every_codec_comes_back(self):
        records = [(f"key-{i}", f"value {i} of many that look alike") for i in range(2000)]
        for codec in CODECS:
            with self.subTest(codec=codec):
                produce(self.broker, codec, records, compression_type=codec)
                got = [(m.key().decode(), m.value().decode()) for m in read_all(self.broker, codec, len(records))]
                self.assertEqual(got, records)

    def test_every_acks_is_answered(self):
        for acks in [0, 1, "all"]:
            with self.subTest(acks=acks):
                topic = f"acks-{acks}"
                create_topic(self.broker, topic)
                produce(self.broker, topic, [("k", str(i)) for i in range(50)], acks=acks)
                self.assertEqual([m.value() for m in read_all(self.broker, topic, 50)],
                                 [b"%d" % i for i in range(50)])

    def test_headers_nulls_and_empty_values_come_back(self):
        headers = [("color", b"blue"), ("color", b"\x00\xff"), ("empty", b""), ("null", None)]
        produce(self.broker, "t", [
            {"key": "k", "value": "v", "headers": headers},
            {"key": None, "value": "no key"},
            {"key": "deleted", "value": None},
            {"key": "", "value": ""},
        ])
        first, no_key, deleted, empty = read_all(self.broker, "t", 4)
        self.assertEqual(first.headers(), headers)
        self.assertEqual((no_key.key(), no_key.value(), no_key.headers()), (None, b"no key", None))
        self.assertEqual((deleted.key(), deleted.value()), (b"deleted", None))
        self.assertEqual((empty.key(), empty.value()), (b"", b""))

    def test_deliveries_tell_the_offsets(self):
        delivered = produce(self.broker, "t", [("k", str(i)) for i in range(100)])
        self.assertEqual([m.offset() for m in delivered], list(range(100)))
        self.assertEqual({m.partition() for m in delivered}, {0})

    def test_timestamps_are_the_producers_or_the_brokers(self):
        produce(self.broker, "created", [{"value": "v", "timestamp": 1_234_567_890_123}])
        (message,) = read_all(self.broker, "created", 1)
        self.assertEqual(message.timestamp(), (confluent_kafka.TIMESTAMP_CREATE_TIME, 1_234_567_890_123))

        create_topic(self.broker, "appended", message_timestamp_type="LogAppendTime")
        before_ms = int(time.time() * 1000)
        produce(self.broker, "appended", [{"value": "v", "timestamp": 1_234_567_890_123}])
        (message,) = read_all(self.broker, "appended", 1)
        kind, time_ms = message.timestamp()
        self.assertEqual(kind, confluent_kafka.TIMESTAMP_LOG_APPEND_TIME)
        self.assertTrue(before_ms <= time_ms <= time.time() * 1000, time_ms)

    def test_large_messages_pass_where_the_topic_takes_them(self):
        create_topic(self.broker, "large", max_message_bytes=str(12 << 20))
        value = bytes(range(256)) * (40 << 10)  # 10 MiB
        produce(self.broker, "large", [("k", value), ("k", b"after")], message_max_bytes=12 << 20)
        first, after = read_all(self.broker, "large", 2)
        self.assertEqual(first.value(), value)
        self.assertEqual(after.value(), b"after")

    def test_a_message_that_is_too_large_is_refused_and_the_next_one_taken(self):
        create_topic(self.broker, "small", max_message_bytes="2000")
        with self.assertRaisesRegex(AssertionError, "MSG_SIZE_TOO_LARGE"):
            produce(self.broker, "small", [("k", b"x" * 4000)])
        produce(self.broker, "small", [("k", b"fits")])
        self.assertEqual(read_all(self.broker, "small", 1)[0].value(), b"fits")

    def test_an_idempotent_producer_keeps_its_order(self):
        values = [b"%d" % i for i in range(5000)]
        produce(self.broker, "t", [("k", value) for value in values], enable_idempotence=True, batch_num_messages=50)
        self.assertEqual([m.value() for m in read_all(self.broker, "t", len(values))], values)

    def test_keys_go_to_the_same_partition_each_time(self):
        create_topic(self.broker, "keyed", 4)
        first = produce(self.broker, "keyed", [(f"k{i}", "1") for i in range(40)], partitioner="murmur2_random")
        second = produce(self.broker, "keyed", [(f"k{i}", "2") for i in range(40)], partitioner="murmur2_random")
        partitions = {m.key(): m.partition() for m in first}
        self.assertEqual(partitions, {m.key(): m.partition() for m in second})
        self.assertEqual(set(partitions.values()), {0, 1, 2, 3})


class PositionsTest(BrokerTest):
    def setUp(self):
        super().setUp()
        self.times = [1_600_000_000_000 + 1000 * i for i in range(100)]
        produce(self.broker, "t", [{"value": str(i), "timestamp": t} for i, t in enumerate(self.times)])
        self.reader = consumer(self.broker)
        self.addCleanup(self.reader.close)

    def offset_for(self, time_ms):
        (found,) = self.reader.offsets_for_times([TopicPartition("t", 0, time_ms)], 10)
        return found.offset

    def test_offsets_are_found_by_time(self):
        self.assertEqual(self.offset_for(0), 0)
        self.assertEqual(self.offset_for(self.times[42]), 42)
        self.assertEqual(self.offset_for(self.times[42] + 1), 43)
        self.assertEqual(self.offset_for(self.times[99] + 1), confluent_kafka.OFFSET_END)

    def test_watermarks_are_the_ends_of_the_log(self):
        self.assertEqual(self.reader.get_watermark_offsets(TopicPartition("t", 0), 10), (0, 100))

    def test_seek_goes_back_and_forth(self):
        self.reader.assign([TopicPartition("t", 0, 50)])
        self.assertEqual(consume(self.reader, 1)[0].offset(), 50)
        for offset in [90, 10, 0, 99]:
            self.reader.seek(TopicPartition("t", 0, offset))
            self.assertEqual(consume(self.reader, 1)[0].value(), b"%d" % offset)

    def test_the_last_messages_are_read_from_the_tail(self):
        # OFFSET_TAIL(5) of librdkafka: -2000 - 5.
        self.reader.assign([TopicPartition("t", 0, -2005)])
        self.assertEqual([m.value() for m in consume(self.reader, 5)], [b"95", b"96", b"97", b"98", b"99"])

    def test_an_offset_beyond_the_end_is_reset(self):
        self.reader.assign([TopicPartition("t", 0, 1000)])
        self.assertEqual(consume(self.reader, 1)[0].offset(), 0)


if __name__ == "__main__":
    main()
