"""Topics, settings and groups through kafka-python's KafkaAdminClient."""

from client import admin, consume, consumer, create_topic, kafka, produce
from conformance import BrokerTest, main

from kafka.admin import ConfigResource, ConfigResourceType, NewPartitions, NewTopic
from kafka.errors import (InvalidConfigurationError, InvalidPartitionsError, InvalidReplicationFactorError,
                          InvalidTopicError, TopicAlreadyExistsError, UnknownTopicOrPartitionError)


class TopicsTest(BrokerTest):
    def setUp(self):
        super().setUp()
        self.admin = admin(self)

    def test_a_topic_is_created_described_and_deleted(self):
        create_topic(self, "orders", 3)
        self.assertEqual(self.admin.list_topics(), ["orders"])
        (topic,) = self.admin.describe_topics(["orders"])
        self.assertEqual((topic["error_code"], topic["is_internal"]), (0, False))
        self.assertEqual({(p["partition"], p["leader"], tuple(p["replicas"]), tuple(p["isr"]), p["error_code"])
                          for p in topic["partitions"]}, {(i, 1, (1,), (1,), 0) for i in range(3)})
        self.admin.delete_topics(["orders"])
        self.assertEqual(self.admin.list_topics(), [])
        with self.assertRaises(UnknownTopicOrPartitionError):
            self.admin.delete_topics(["orders"])

    def test_what_makes_no_sense_is_refused(self):
        create_topic(self, "there")
        refused = [
            (TopicAlreadyExistsError, NewTopic("there", 1, 1)),
            (InvalidTopicError, NewTopic("not a name", 1, 1)),
            (InvalidReplicationFactorError, NewTopic("t", 1, 3)),
            (InvalidPartitionsError, NewTopic("t", 0, 1)),
            (InvalidConfigurationError, NewTopic("t", 1, 1, topic_configs={"no.such": "1"})),
        ]
        for error, topic in refused:
            with self.subTest(error.__name__), self.assertRaises(error):
                self.admin.create_topics([topic])
        self.assertEqual(self.admin.list_topics(), ["there"])

    def test_partitions_are_added(self):
        create_topic(self, "t", 1)
        self.admin.create_partitions({"t": NewPartitions(3)})
        self.assertEqual(len(self.admin.describe_topics(["t"])[0]["partitions"]), 3)
        with self.assertRaises(InvalidPartitionsError):
            self.admin.create_partitions({"t": NewPartitions(2)})

    def test_the_cluster_is_described(self):
        cluster = self.admin.describe_cluster()
        (broker,) = cluster["brokers"]
        self.assertEqual(f"{broker['host']}:{broker['port']}", self.broker.address)
        self.assertEqual(cluster["controller_id"], broker["node_id"])


class SettingsTest(BrokerTest):
    def setUp(self):
        super().setUp()
        self.admin = admin(self)

    def describe(self, kind, name, wanted=None, **options):
        """Name to (value, is read only, source) of a resource's settings."""
        configs = dict.fromkeys(wanted) if wanted else None
        (response,) = self.admin.describe_configs([ConfigResource(kind, name, configs)], **options)
        ((error_code, message, _, _, entries),) = response.resources
        self.assertEqual(error_code, 0, message)
        return {entry[0]: entry[1:4] for entry in entries}

    def test_settings_are_set_and_told_with_their_source(self):
        create_topic(self, "t", cleanup_policy="compact")
        self.admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, "t", {"retention.ms": "60000"})])
        settings = self.describe(ConfigResourceType.TOPIC, "t")
        dynamic_topic, default = 1, 5
        self.assertEqual(settings["retention.ms"], ("60000", False, dynamic_topic))
        # What alter_configs does not name goes back to its default.
        self.assertEqual(settings["cleanup.policy"], ("delete", False, default))

    def test_only_the_settings_that_were_asked_for_are_told(self):
        create_topic(self, "t")
        settings = self.describe(ConfigResourceType.TOPIC, "t", ["segment.bytes", "retention.ms"])
        self.assertEqual(set(settings), {"segment.bytes", "retention.ms"})

    def test_the_broker_tells_its_settings(self):
        settings = self.describe(ConfigResourceType.BROKER, "1", include_synonyms=True)
        self.assertEqual(settings["num.partitions"][0], "1")


class GroupsTest(BrokerTest):
    def setUp(self):
        super().setUp()
        self.admin = admin(self)
        produce(self, "t", [(b"k", b"v")])
        self.member = consumer(self, "readers", client_id="me")
        self.member.subscribe(["t"])
        consume(self.member, 1)
        self.member.commit()

    def describe(self):
        (group,) = self.admin.describe_consumer_groups(["readers"])
        return group

    def test_a_group_is_listed_and_described_with_its_members(self):
        self.assertEqual(self.admin.list_consumer_groups(), [("readers", "consumer")])
        group = self.describe()
        self.assertEqual((group.error_code, group.state, group.protocol_type, group.protocol),
                         (0, "Stable", "consumer", "range"))
        (member,) = group.members
        self.assertEqual((member.client_id, member.client_host), ("me", "/127.0.0.1"))
        self.assertEqual(member.member_metadata.subscription, ["t"])
        self.assertEqual(member.member_assignment.assignment, [("t", [0])])

    def test_the_offsets_of_a_group_are_told(self):
        offsets = self.admin.list_consumer_group_offsets("readers")
        self.assertEqual({tp: o.offset for tp, o in offsets.items()}, {kafka.TopicPartition("t", 0): 1})

    def test_a_group_is_deleted_once_it_is_empty(self):
        ((_, error),) = self.admin.delete_consumer_groups(["readers"])
        self.assertIs(error, kafka.errors.NonEmptyGroupError)
        self.member.close()
        self.assertEqual(self.describe().state, "Empty")
        ((_, error),) = self.admin.delete_consumer_groups(["readers"])
        self.assertIs(error, kafka.errors.NoError)
        self.assertEqual(self.describe().state, "Dead")
        ((_, error),) = self.admin.delete_consumer_groups(["readers"])
        self.assertIs(error, kafka.errors.GroupIdNotFoundError)


if __name__ == "__main__":
    main()
