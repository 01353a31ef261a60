"""Consumer groups through confluent-kafka: sharing, rebalancing, static members."""

from client import confluent_kafka, consumer, create_topic
from conformance import BrokerTest, eventually, main

KafkaError = confluent_kafka.KafkaError


class Member:
    """A consumer that subscribes to a topic, and what it was told of its partitions."""

    def __init__(self, test, topic="t", **config):
        self.rebalances = 0
        self.consumer = consumer(test.broker, **config)
        test.addCleanup(self.consumer.close)
        self.consumer.subscribe([topic], on_assign=self._on_assign)

    def _on_assign(self, _, partitions):
        self.rebalances += 1

    def partitions(self):
        return {p.partition for p in self.consumer.assignment()}


def share(members, partitions):
    """Polls the members until each has its share of the partitions and all have one owner."""
    def is_shared():
        for member in members:
            member.consumer.poll(0.1)
        owned = [member.partitions() for member in members]
        return all(owned) and sum(map(len, owned)) == partitions and len(set().union(*owned)) == partitions

    eventually(f"{partitions} partitions are shared among {len(members)}", is_shared)


class GroupsTest(BrokerTest):
    settings = {"num_partitions": 4}

    def test_members_come_and_go(self):
        for strategy in ["range", "roundrobin", "cooperative-sticky"]:
            with self.subTest(strategy):
                config = {"group": strategy, "topic": strategy, "partition_assignment_strategy": strategy}
                create_topic(self.broker, strategy, 4)
                first = Member(self, **config)
                share([first], 4)
                second, third = Member(self, **config), Member(self, **config)
                share([first, second, third], 4)
                second.consumer.close()
                share([first, third], 4)
                first.consumer.close()
                share([third], 4)

    def test_a_member_that_falls_silent_is_put_out(self):
        create_topic(self.broker, "t", 4)
        # It goes on sending heartbeats, but no longer polls.
        silent = Member(self, max_poll_interval_ms=6000)
        share([silent], 4)
        other = Member(self)
        share([other], 4)
        self.assertEqual(silent.consumer.poll(5).error().code(), KafkaError._MAX_POLL_EXCEEDED)

    def test_a_static_member_comes_back_without_a_rebalance(self):
        create_topic(self.broker, "t", 4)
        stays = Member(self, group_instance_id="stays", session_timeout_ms=20000)
        returns = Member(self, group_instance_id="returns", session_timeout_ms=20000)
        share([stays, returns], 4)
        before, rebalances = returns.partitions(), stays.rebalances
        returns.consumer.close()
        again = Member(self, group_instance_id="returns", session_timeout_ms=20000)
        share([stays, again], 4)
        self.assertEqual(again.partitions(), before)
        self.assertEqual(stays.rebalances, rebalances)

    def test_the_older_of_two_members_of_one_instance_is_fenced(self):
        create_topic(self.broker, "t", 4)
        older = Member(self, group_instance_id="one", session_timeout_ms=20000)
        share([older], 4)
        newer = Member(self, group_instance_id="one", session_timeout_ms=20000)

        def is_fenced():
            newer.consumer.poll(0.1)
            message = older.consumer.poll(0.1)
            return message is not None and message.error() and message.error().code() == KafkaError._FATAL

        eventually("the older member is fenced", is_fenced)
        share([newer], 4)


if __name__ == "__main__":
    main()
