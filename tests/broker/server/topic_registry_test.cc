#include "topics/topic_registry.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>

#include "producer/producer_ids.h"
#include "topics/atomic_file.h"
#include "topics/random_uuid.h"
#include "topics/topic_name.h"

namespace millrace::broker {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class TopicRegistryTest : public testing::Test {
 protected:
  TopicRegistryTest() {
    std::string path = testing::TempDir() + "/registry-XXXXXX";
    directory_ = mkdtemp(path.data());
  }
  ~TopicRegistryTest() override { std::filesystem::remove_all(directory_); }

  std::unique_ptr<TopicRegistry> Open() {
    absl::StatusOr<std::unique_ptr<TopicRegistry>> registry = TopicRegistry::Open(&PosixFileSystem::Get(), directory_);
    EXPECT_TRUE(registry.ok()) << registry.status();
    return *std::move(registry);
  }
  void WriteFile(const std::string& name, const std::string& content) {
    ASSERT_TRUE(ReplaceFileDurably(&PosixFileSystem::Get(), directory_, name, content).ok());
  }

  std::string directory_;
};

TEST_F(TopicRegistryTest, TopicsSurviveAReopen) {
  const TopicRecord orders{.name = "orders",
                           .id = RandomUuid(),
                           .partition_count = 3,
                           .overrides = {{"retention.ms", "-1"}, {"cleanup.policy", "compact"}}};
  const TopicRecord users{.name = "users", .id = RandomUuid(), .partition_count = 1};
  {
    const auto registry = Open();
    EXPECT_TRUE(registry->is_new());
    EXPECT_TRUE(registry->Put({users}).ok());
    EXPECT_TRUE(registry->Put({orders}).ok());
  }
  const auto registry = Open();
  EXPECT_FALSE(registry->is_new());
  EXPECT_THAT(registry->All(), ElementsAre(orders, users));
  EXPECT_TRUE(registry->Remove({"orders", "never"}).ok());
  EXPECT_THAT(Open()->All(), ElementsAre(users));
}

TEST_F(TopicRegistryTest, ALeftoverOfACrashIsOverwritten) {
  WriteFile("topics.json.next", std::string(10'000, 'x'));
  const TopicRecord topic{.name = "t", .id = RandomUuid()};
  EXPECT_TRUE(Open()->Put({topic}).ok());
  EXPECT_THAT(Open()->All(), ElementsAre(topic));
}

TEST_F(TopicRegistryTest, ADamagedFileIsAnErrorThatNamesIt) {
  for (const std::string content : {"", "{", "{\"version\": 2, \"topics\": []}", "{\"version\": 1, \"topics\": [{}]}",
                                    "{\"version\": 1, \"topics\": [{\"name\": \"t\", \"id\": \"?\", \"partitions\": 1, "
                                    "\"settings\": {}}]}"}) {
    WriteFile("topics.json", content);
    const auto registry = TopicRegistry::Open(&PosixFileSystem::Get(), directory_);
    ASSERT_FALSE(registry.ok()) << content;
    EXPECT_THAT(std::string(registry.status().message()), HasSubstr(directory_ + "/topics.json"));
  }
}

TEST_F(TopicRegistryTest, ProducerIdsAreNeverGivenOutTwice) {
  int64_t last = -1;
  for (int start = 0; start < 3; ++start) {
    auto ids = ProducerIds::Open(&PosixFileSystem::Get(), directory_);
    ASSERT_TRUE(ids.ok());
    for (int i = 0; i < 1500; ++i) {
      const absl::StatusOr<int64_t> id = (*ids)->Next();
      ASSERT_TRUE(id.ok());
      ASSERT_GT(*id, last);
      last = *id;
    }
  }
  WriteFile("producer-ids", "many");
  EXPECT_FALSE(ProducerIds::Open(&PosixFileSystem::Get(), directory_).ok());
}

TEST(TopicNameTest, FollowsKafkasRules) {
  EXPECT_EQ(WhatIsWrongWithTopicName("a.b_c-D9"), "");
  EXPECT_EQ(WhatIsWrongWithTopicName(std::string(249, 'x')), "");
  EXPECT_NE(WhatIsWrongWithTopicName(std::string(250, 'x')), "");
  for (const std::string name : {"", ".", "..", "a b", "a/b", "ä", "a\n"})
    EXPECT_NE(WhatIsWrongWithTopicName(name), "");
}

}  // namespace
}  // namespace millrace::broker
