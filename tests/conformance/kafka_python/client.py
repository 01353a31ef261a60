"""kafka-python, a client written in Python alone, with settings that suit tests."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from conformance import DEADLINE_S, eventually, require_client  # noqa: E402

kafka = require_client("kafka", "python3-kafka")
require_client("kafka.admin", "python3-kafka")
require_client("kafka.errors", "python3-kafka")


def admin(test):
    client = kafka.KafkaAdminClient(bootstrap_servers=test.broker.address)
    test.addCleanup(client.close)
    return client


def create_topic(test, name, partitions=1, **configs):
    """Settings have underscores for dots: retention_ms="1000"."""
    configs = {key.replace("_", "."): value for key, value in configs.items()}
    admin(test).create_topics([kafka.admin.NewTopic(name, partitions, 1, topic_configs=configs)])


def produce(test, topic, records, **config):
    """Produces (key, value) pairs or dicts of send()'s arguments; returns where each went."""
    producer = kafka.KafkaProducer(bootstrap_servers=test.broker.address, **config)
    try:
        records = [r if isinstance(r, dict) else {"key": r[0], "value": r[1]} for r in records]
        futures = [producer.send(topic, **record) for record in records]
        return [future.get(DEADLINE_S) for future in futures]
    finally:
        producer.close(DEADLINE_S)


def consumer(test, group=None, **config):
    reader = kafka.KafkaConsumer(bootstrap_servers=test.broker.address, group_id=group, **{
        "auto_offset_reset": "earliest", "enable_auto_commit": False, "session_timeout_ms": 6000,
        "heartbeat_interval_ms": 500, **config})
    test.addCleanup(reader.close, autocommit=False)
    return reader


def consume(reader, count):
    """The next `count` records of a consumer that is subscribed or assigned."""
    records = []

    def poll():
        for batch in reader.poll(200, max_records=count - len(records)).values():
            records.extend(batch)
        return len(records) >= count

    try:
        eventually(f"consuming {count} records", poll)
    except AssertionError as error:
        raise AssertionError(f"{error}; got {len(records)}, the last {records[-1:]}") from None
    return records


def read_all(test, topic, count, partition=0, **config):
    """`count` records of a partition from its beginning."""
    reader = consumer(test, **config)
    reader.assign([kafka.TopicPartition(topic, partition)])
    reader.seek_to_beginning()
    records = consume(reader, count)
    reader.close(autocommit=False)
    return records
