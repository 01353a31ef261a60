"""Topics, partitions and settings through confluent-kafka's AdminClient."""

from client import admin, confluent_kafka, consume, consumer, create_topic, done, produce
from conformance import BrokerTest, eventually, main

KafkaError = confluent_kafka.KafkaError
ConfigResource = confluent_kafka.admin.ConfigResource
ConfigSource = confluent_kafka.admin.ConfigSource
NewPartitions = confluent_kafka.admin.NewPartitions
NewTopic = confluent_kafka.admin.NewTopic


class AdminTest(BrokerTest):
    def setUp(self):
        super().setUp()
        self.admin = admin(self.broker)

    def assert_refused(self, code, futures):
        with self.assertRaises(confluent_kafka.KafkaException) as raised:
            done(futures)
        error = raised.exception.args[0]
        self.assertEqual(error.code(), code, error)
        return error

    def topics(self):
        return self.admin.list_topics(timeout=10).topics

    def configs(self, resource_type, name):
        return done(self.admin.describe_configs([ConfigResource(resource_type, name)]))


class TopicsTest(AdminTest):
    def test_a_topic_is_created_listed_and_deleted(self):
        create_topic(self.broker, "orders", 3)
        partitions = self.topics()["orders"].partitions
        self.assertEqual({id: (p.leader, p.replicas, p.isrs) for id, p in partitions.items()},
                         {id: (1, [1], [1]) for id in range(3)})
        done(self.admin.delete_topics(["orders"]))
        self.assertNotIn("orders", self.topics())
        self.assert_refused(KafkaError.UNKNOWN_TOPIC_OR_PART, self.admin.delete_topics(["orders"]))

    def test_a_topic_that_is_made_again_is_empty(self):
        create_topic(self.broker, "t")
        produce(self.broker, "t", [("k", "old")])
        done(self.admin.delete_topics(["t"]))
        create_topic(self.broker, "t")
        (delivered,) = produce(self.broker, "t", [("k", "new")])
        self.assertEqual(delivered.offset(), 0)

    def test_the_cluster_has_one_broker_where_it_was_reached(self):
        metadata = self.admin.list_topics(timeout=10)
        (broker,) = metadata.brokers.values()
        self.assertEqual(f"{broker.host}:{broker.port}", self.broker.address)
        self.assertEqual(metadata.controller_id, broker.id)
        self.assertRegex(metadata.cluster_id, "^[A-Za-z0-9_-]{22}$")

    def test_what_makes_no_sense_is_refused(self):
        create_topic(self.broker, "there")
        refused = {
            "there": (KafkaError.TOPIC_ALREADY_EXISTS, NewTopic("there", 1, 1)),
            "a name": (KafkaError.TOPIC_EXCEPTION, NewTopic("not a name", 1, 1)),
            "factor": (KafkaError.INVALID_REPLICATION_FACTOR, NewTopic("t", 1, 3)),
            "unknown setting": (KafkaError.INVALID_CONFIG, NewTopic("t", 1, 1, config={"no.such": "1"})),
            "bad value": (KafkaError.INVALID_CONFIG, NewTopic("t", 1, 1, config={"retention.ms": "soon"})),
            "bad policy": (KafkaError.INVALID_CONFIG, NewTopic("t", 1, 1, config={"cleanup.policy": "keep"})),
        }
        for case, (code, topic) in refused.items():
            with self.subTest(case):
                self.assert_refused(code, self.admin.create_topics([topic]))
        self.assertEqual(set(self.topics()), {"there"})

    def test_validate_only_creates_nothing(self):
        done(self.admin.create_topics([NewTopic("t", 1, 1)], validate_only=True))
        self.assertNotIn("t", self.topics())
        create_topic(self.broker, "t")
        self.assert_refused(KafkaError.TOPIC_ALREADY_EXISTS,
                            self.admin.create_topics([NewTopic("t", 1, 1)], validate_only=True))

    def test_partitions_are_added(self):
        create_topic(self.broker, "t", 2)
        produce(self.broker, "t", [{"value": "kept", "partition": 1}])
        done(self.admin.create_partitions([NewPartitions("t", 5)]))
        self.assertEqual(set(self.topics()["t"].partitions), set(range(5)))
        (delivered,) = produce(self.broker, "t", [{"value": "new", "partition": 4}])
        self.assertEqual(delivered.offset(), 0)
        self.assert_refused(KafkaError.INVALID_PARTITIONS, self.admin.create_partitions([NewPartitions("t", 4)]))
        self.assert_refused(KafkaError.INVALID_PARTITIONS, self.admin.create_partitions([NewPartitions("t", 5)]))
        self.assert_refused(KafkaError.UNKNOWN_TOPIC_OR_PART,
                            self.admin.create_partitions([NewPartitions("nowhere", 2)]))


class SettingsTest(AdminTest):
    def test_a_topics_settings_tell_their_source(self):
        create_topic(self.broker, "t", retention_ms="60000", cleanup_policy="compact,delete")
        configs = self.configs(confluent_kafka.admin.RESOURCE_TOPIC, "t")
        retention = configs["retention.ms"]
        self.assertEqual((retention.value, ConfigSource(retention.source), retention.is_default),
                         ("60000", ConfigSource.DYNAMIC_TOPIC_CONFIG, False))
        self.assertEqual(configs["cleanup.policy"].value, "compact,delete")
        segment = configs["segment.bytes"]
        self.assertEqual((segment.value, ConfigSource(segment.source), segment.is_default),
                         (str(1 << 30), ConfigSource.DEFAULT_CONFIG, True))

    def test_alter_configs_replaces_all_of_a_topics_settings(self):
        create_topic(self.broker, "t", retention_ms="60000", max_message_bytes="5000")
        change = ConfigResource(confluent_kafka.admin.RESOURCE_TOPIC, "t", set_config={"max.message.bytes": "3000"})
        done(self.admin.alter_configs([change]))
        configs = self.configs(confluent_kafka.admin.RESOURCE_TOPIC, "t")
        self.assertEqual(configs["max.message.bytes"].value, "3000")
        self.assertEqual(configs["retention.ms"].value, "604800000")
        with self.assertRaisesRegex(AssertionError, "MSG_SIZE_TOO_LARGE"):
            produce(self.broker, "t", [("k", b"x" * 4000)])

    def test_settings_that_make_no_sense_are_refused(self):
        create_topic(self.broker, "t")
        for name, value in [("no.such", "1"), ("retention.ms", "soon"), ("min.cleanable.dirty.ratio", "2")]:
            with self.subTest(name):
                change = ConfigResource(confluent_kafka.admin.RESOURCE_TOPIC, "t", set_config={name: value})
                self.assert_refused(KafkaError.INVALID_CONFIG, self.admin.alter_configs([change]))

    def test_settings_of_an_unknown_topic_are_refused(self):
        nowhere = ConfigResource(confluent_kafka.admin.RESOURCE_TOPIC, "nowhere")
        self.assert_refused(KafkaError.UNKNOWN_TOPIC_OR_PART, self.admin.describe_configs([nowhere]))

    def test_the_broker_tells_its_settings(self):
        configs = self.configs(confluent_kafka.admin.RESOURCE_BROKER, "1")
        self.assertEqual(configs["num.partitions"].value, "1")
        self.assertTrue(all(config.is_read_only for config in configs.values() if config.name == "node.id"))


class GroupsTest(AdminTest):
    def test_groups_are_listed_with_their_members(self):
        create_topic(self.broker, "t")
        produce(self.broker, "t", [("k", "v")])
        member = consumer(self.broker, "readers", client_id="me")
        member.subscribe(["t"])
        consume(member, 1)
        (group,) = self.admin.list_groups(timeout=10)
        self.assertEqual((group.id, group.state, group.protocol_type, group.protocol),
                         ("readers", "Stable", "consumer", "range"))
        self.assertEqual([(m.client_id, m.client_host) for m in group.members], [("me", "/127.0.0.1")])
        member.commit(asynchronous=False)
        member.close()
        eventually("the group is empty", lambda: self.admin.list_groups("readers", 10)[0].state == "Empty")


if __name__ == "__main__":
    main()
