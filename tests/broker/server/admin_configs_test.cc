// DescribeConfigs, AlterConfigs and IncrementalAlterConfigs.

#include <gmock/gmock.h>

#include "admin_fixture.h"
#include "millrace/protocol/messages/alter_configs.h"
#include "millrace/protocol/messages/describe_configs.h"
#include "millrace/protocol/messages/incremental_alter_configs.h"

namespace millrace::broker {
namespace {

using protocol::ErrorCode;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr int8_t kSet = 0;
constexpr int8_t kDelete = 1;
constexpr int8_t kAppend = 2;
constexpr int8_t kSubtract = 3;

class AdminConfigsTest : public AdminFixture {
 protected:
  using Change = protocol::IncrementalAlterConfigsRequest::AlterableConfig;
  using Outcome = std::pair<ErrorCode, std::string>;

  Outcome Apply(const std::string& name, std::vector<Change> changes, bool validate_only = false,
                int8_t type = kTopicResource) {
    protocol::IncrementalAlterConfigsRequest request{.validate_only = validate_only};
    request.resources.push_back({.resource_type = type, .resource_name = name, .configs = std::move(changes)});
    const auto result = client_->Call(request, 1).responses.at(0);
    EXPECT_EQ(result.resource_type, type);
    EXPECT_EQ(result.resource_name, name);
    return {result.error_code, result.error_message.value_or("")};
  }
  protocol::DescribeConfigsResponse::DescribeConfigsResult Describe(int8_t type, const std::string& name,
                                                                    std::optional<std::vector<std::string>> keys) {
    protocol::DescribeConfigsRequest request{.include_synonyms = true};
    request.resources.push_back({.resource_type = type, .resource_name = name, .configuration_keys = std::move(keys)});
    return client_->Call(request, 4).results.at(0);
  }
  std::string ValueOf(const std::string& topic, const std::string& name) {
    return Describe(kTopicResource, topic, {{name}}).configs.at(0).value.value_or("(null)");
  }
};

const std::pair<ErrorCode, std::string> kFine = {ErrorCode::kNone, ""};

TEST_F(AdminConfigsTest, SingleSettingsChangeAndTheOthersStay) {
  StartClient();
  CreateTopic("t", 1, {{"retention.ms", "5"}, {"segment.bytes", "1000"}});
  EXPECT_EQ(Apply("t", {{.name = "retention.ms", .config_operation = kSet, .value = "7"},
                        {.name = "segment.bytes", .config_operation = kDelete}}),
            kFine);
  EXPECT_EQ(ValueOf("t", "retention.ms"), "7");
  EXPECT_EQ(ValueOf("t", "segment.bytes"), "1073741824");
  EXPECT_EQ(Apply("t", {{.name = "cleanup.policy", .config_operation = kSet, .value = "compact"}}), kFine);
  RestartClient();
  EXPECT_EQ(ValueOf("t", "retention.ms"), "7");
  EXPECT_EQ(ValueOf("t", "cleanup.policy"), "compact");
}

TEST_F(AdminConfigsTest, ListsGrowAndShrink) {
  StartClient();
  CreateTopic("t");
  const auto edit = [this](int8_t operation, const std::string& value) {
    EXPECT_EQ(Apply("t", {{.name = "cleanup.policy", .config_operation = operation, .value = value}}), kFine);
    return ValueOf("t", "cleanup.policy");
  };
  EXPECT_EQ(edit(kAppend, "compact"), "delete,compact") << "the broker's default is what is added to";
  EXPECT_EQ(edit(kAppend, "compact"), "delete,compact");
  EXPECT_EQ(edit(kSubtract, "delete"), "compact");
  EXPECT_EQ(Apply("t", {{.name = "retention.ms", .config_operation = kAppend, .value = "7"}}),
            (Outcome{ErrorCode::kInvalidConfig, "Can't APPEND to key retention.ms because its type is not LIST."}));
}

TEST_F(AdminConfigsTest, WrongChangesAreRefusedAndChangeNothing) {
  StartClient();
  CreateTopic("t", 1, {{"retention.ms", "5"}});
  const Change good = {.name = "retention.ms", .config_operation = kSet, .value = "7"};
  const auto error_of = [this, &good](Change bad) { return Apply("t", {good, std::move(bad)}).first; };
  EXPECT_EQ(error_of({.name = "segment.bytes", .config_operation = kSet, .value = "big"}), ErrorCode::kInvalidConfig);
  EXPECT_EQ(error_of({.name = "no.such", .config_operation = kSet, .value = "1"}), ErrorCode::kInvalidConfig);
  EXPECT_EQ(error_of({.name = "segment.bytes", .config_operation = 9, .value = "1"}), ErrorCode::kInvalidRequest);
  EXPECT_EQ(error_of({.name = "segment.bytes", .config_operation = kSet}), ErrorCode::kInvalidRequest);
  EXPECT_EQ(error_of({.name = "retention.ms", .config_operation = kDelete}), ErrorCode::kInvalidRequest)
      << "one key twice";
  EXPECT_EQ(Apply("t", {good}, /*validate_only=*/true), kFine);
  EXPECT_EQ(ValueOf("t", "retention.ms"), "5");
  EXPECT_EQ(Apply("none", {good}).first, ErrorCode::kUnknownTopicOrPartition);
  EXPECT_EQ(Apply("t", {good}, false, 16).first, ErrorCode::kInvalidRequest);
}

TEST_F(AdminConfigsTest, AResourceThatIsNamedTwiceIsNotTouched) {
  StartClient();
  CreateTopic("t");
  protocol::AlterConfigsRequest request;
  for (const char* value : {"1", "2"}) {
    request.resources.push_back(
        {.resource_type = kTopicResource, .resource_name = "t", .configs = {{.name = "retention.ms", .value = value}}});
  }
  for (const auto& result : client_->Call(request, 2).responses) {
    EXPECT_EQ(result.error_code, ErrorCode::kInvalidRequest);
  }
  EXPECT_EQ(ValueOf("t", "retention.ms"), "604800000");
}

TEST_F(AdminConfigsTest, TheBrokersSettingsAreReadNotAltered) {
  StartClient({{"num.partitions", "7"}});
  const auto described = Describe(kBrokerResource, "1", {{"num.partitions", "log.retention.ms"}}).configs;
  ASSERT_THAT(described, SizeIs(2));
  EXPECT_EQ(described[0].value, "7");
  EXPECT_EQ(described[0].config_source, 4);
  EXPECT_TRUE(described[0].read_only);
  ASSERT_THAT(described[0].synonyms, SizeIs(2));
  EXPECT_EQ(described[0].synonyms[1].value, "1");
  EXPECT_EQ(described[1].config_source, 5);
  EXPECT_GT(Describe(kBrokerResource, "1", std::vector<std::string>()).configs.size(), 20u) << "no keys are all keys";
  EXPECT_THAT(Describe(kBrokerResource, "", std::nullopt).configs, IsEmpty());
  EXPECT_EQ(Describe(16, "x", std::nullopt).error_code, ErrorCode::kInvalidRequest);

  const auto [error, message] =
      Apply("1", {{.name = "num.partitions", .config_operation = kSet, .value = "3"}}, false, kBrokerResource);
  EXPECT_EQ(error, ErrorCode::kInvalidRequest);
  EXPECT_THAT(message, HasSubstr("Cannot update these configs dynamically: num.partitions"));
  EXPECT_THAT(Apply("2", {}, false, kBrokerResource).second, HasSubstr("Unexpected broker id, expected 1"));
}

}  // namespace
}  // namespace millrace::broker
