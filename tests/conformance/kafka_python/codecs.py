"""Each codec that kafka-python has, by itself in both directions, and as others wrote it."""

from client import kafka, produce, read_all
from conformance import BrokerTest, main

import kafka.codec as installed

CODECS = {
    None: (True, None),
    "gzip": (installed.has_gzip(), "python3"),
    "snappy": (installed.has_snappy(), "python3-snappy"),
    "lz4": (installed.has_lz4(), "python3-lz4"),
    "zstd": (installed.has_zstd(), "python3-zstandard"),
}
RECORDS = [(b"key-%d" % i, b"value %d of many that look alike" % i) for i in range(2000)]


class CodecsTest(BrokerTest):
    def check(self, codec):
        is_installed, package = CODECS[codec]
        if not is_installed:
            self.skipTest(f"{package} is not installed")
        produce(self, "t", RECORDS, compression_type=codec, linger_ms=20)
        self.assertEqual([(r.key, r.value) for r in read_all(self, "t", len(RECORDS))], RECORDS)

    def test_without_compression(self):
        self.check(None)

    def test_gzip(self):
        self.check("gzip")

    def test_snappy(self):
        self.check("snappy")

    def test_lz4(self):
        self.check("lz4")

    def test_zstd(self):
        self.check("zstd")


if __name__ == "__main__":
    main()
