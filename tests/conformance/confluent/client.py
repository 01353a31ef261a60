"""confluent-kafka-python (librdkafka underneath) with settings that suit tests."""

import sys
import threading
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from conformance import DEADLINE_S, eventually, require_client  # noqa: E402

confluent_kafka = require_client("confluent_kafka", "python3-confluent-kafka")
require_client("confluent_kafka.admin", "python3-confluent-kafka")


def admin(broker, **config):
    return confluent_kafka.admin.AdminClient({"bootstrap.servers": broker.address, **_dotted(config)})


def done(futures):
    """What an admin call returned for its only topic or resource; raises what it was refused with.

    The client has to be held in a variable: its calls end with it.
    """
    (future,) = futures.values()
    return future.result(DEADLINE_S)


def create_topic(broker, name, partitions=1, **config):
    topic = confluent_kafka.admin.NewTopic(name, partitions, 1, config=_dotted(config))
    client = admin(broker)
    done(client.create_topics([topic]))


def produce(broker, topic, records, **config):
    """Produces (key, value) pairs or dicts of produce()'s arguments; returns the delivered messages, in their order."""
    delivered, errors = [], []

    def on_delivery(error, message):
        (delivered if error is None else errors).append(error or message)

    producer = confluent_kafka.Producer({"bootstrap.servers": broker.address, **_dotted(config)})
    for record in records:
        if not isinstance(record, dict):
            record = {"key": record[0], "value": record[1]}
        producer.produce(topic, on_delivery=on_delivery, **record)
        producer.poll(0)
    left = producer.flush(DEADLINE_S)
    if errors or left:
        raise AssertionError(f"{left} of {len(records)} records not delivered, {len(errors)} refused: {errors[:3]}")
    return delivered


class Consumer(confluent_kafka.Consumer):
    """Can be closed more than once."""

    is_open = True

    def close(self):
        if self.is_open:
            self.is_open = False
            super().close()

    def close_or_leave(self):
        """For one that has lost its partitions: librdkafka before 2.1 may hang then. What hangs goes with the process."""
        closing = threading.Thread(target=self.close, daemon=True)
        closing.start()
        closing.join(DEADLINE_S)


def consumer(broker, group="g", **config):
    return Consumer({
        "bootstrap.servers": broker.address,
        "group.id": group,
        "auto.offset.reset": "earliest",
        "enable.auto.commit": False,
        "session.timeout.ms": 6000,
        "heartbeat.interval.ms": 500,
        **_dotted(config),
    })


def consume(reader, count, within_s=DEADLINE_S):
    """The next `count` messages of a consumer that is subscribed or assigned."""
    messages = []

    def poll():
        message = reader.poll(0.2)
        if message is not None:
            if message.error():
                raise confluent_kafka.KafkaException(message.error())
            messages.append(message)
        return len(messages) == count

    try:
        eventually(f"consuming {count} messages", poll, within_s)
    except AssertionError as error:
        raise AssertionError(f"{error}; got {len(messages)}, the last {[m.value() for m in messages[-3:]]}") from None
    return messages


def read_all(broker, topic, count, partition=0, **config):
    """`count` messages of a partition from its beginning."""
    reader = consumer(broker, "reader", **config)
    try:
        reader.assign([confluent_kafka.TopicPartition(topic, partition, confluent_kafka.OFFSET_BEGINNING)])
        return consume(reader, count)
    finally:
        reader.close()


def _dotted(config):
    return {name.replace("_", "."): value for name, value in config.items()}
