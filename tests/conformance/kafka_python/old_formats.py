"""Message formats 0 and 1 through kafka-python: converted up when produced, down for readers of then."""

from client import consume, consumer, create_topic, kafka, produce, read_all
from conformance import BrokerTest, main, require_client

for module in ["lz4", "snappy", "xxhash"]:
    require_client(module, f"python3-{module}")

# The client is told the broker's version and takes the format of then.
FORMAT_0, FORMAT_1, FORMAT_2 = (0, 9), (0, 10, 0), (0, 11)
RECORDS = [(b"key-%d" % i, b"value %d of many that look alike" % i) for i in range(500)] + [(None, b"no key")]


def keys_and_values(records):
    return [(record.key, record.value) for record in records]


class OldFormatsTest(BrokerTest):
    def test_each_message_format_is_read_as_each_other(self):
        for written in [FORMAT_0, FORMAT_1, FORMAT_2]:
            for codec in [None, "gzip", "snappy", "lz4"]:
                topic = f"t{written[1]}-{codec}"
                create_topic(self, topic)
                produce(self, topic, RECORDS, api_version=written, compression_type=codec, linger_ms=20)
                for read in [FORMAT_0, FORMAT_1, FORMAT_2]:
                    with self.subTest(written=written, read=read, codec=codec):
                        got = read_all(self, topic, len(RECORDS), api_version=read)
                        self.assertEqual(keys_and_values(got), RECORDS)

    def test_headers_are_left_out_and_times_kept_for_readers_of_format_1(self):
        produce(self, "t", [{"value": b"v", "headers": [("color", b"blue")], "timestamp_ms": 1_234_567_890_123}])
        (record,) = read_all(self, "t", 1, api_version=FORMAT_1)
        self.assertEqual((record.value, record.timestamp, record.headers), (b"v", 1_234_567_890_123, []))
        (record,) = read_all(self, "t", 1, api_version=FORMAT_0)
        self.assertEqual((record.value, record.timestamp), (b"v", None))

    def test_an_old_reader_goes_on_in_the_middle_of_a_batch(self):
        produce(self, "t", RECORDS, compression_type="gzip", linger_ms=100)
        for version in [FORMAT_0, FORMAT_1]:
            with self.subTest(version):
                reader = consumer(self, api_version=version)
                reader.assign([kafka.TopicPartition("t", 0)])
                reader.seek(kafka.TopicPartition("t", 0), 250)
                got = consume(reader, len(RECORDS) - 250)
                self.assertEqual([record.offset for record in got], list(range(250, len(RECORDS))))


if __name__ == "__main__":
    main()
