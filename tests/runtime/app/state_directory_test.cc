#include "app/state_directory.h"

#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace millrace {
namespace {

using testing::HasSubstr;

class StateDirectoryTest : public testing::Test {
 protected:
  StateDirectoryTest() { EXPECT_NE(mkdtemp(folder_.data()), nullptr); }
  ~StateDirectoryTest() override { std::filesystem::remove_all(folder_); }

  std::string folder_ = (std::filesystem::temp_directory_path() / "millrace-state-XXXXXX").string();
};

TEST_F(StateDirectoryTest, IsHeldByOneAtATime) {
  auto first = StateDirectory::Lock(folder_, "app");
  ASSERT_TRUE(first.ok()) << first.status();
  const absl::Status second = StateDirectory::Lock(folder_, "app").status();
  EXPECT_EQ(second.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(second.message(), HasSubstr("in use by process " + std::to_string(getpid())));
  EXPECT_TRUE(StateDirectory::Lock(folder_, "another-app").ok());
  first->reset();
  EXPECT_TRUE(StateDirectory::Lock(folder_, "app").ok());
}

TEST_F(StateDirectoryTest, HasAFolderForEachTask) {
  const auto directory = StateDirectory::Lock(folder_, "app");
  ASSERT_TRUE(directory.ok()) << directory.status();
  EXPECT_EQ((*directory)->TaskPath({1, 3}), folder_ + "/app/1_3/rocksdb");
}

TEST_F(StateDirectoryTest, ATaskBelongsToOneThreadAtATime) {
  const auto directory = StateDirectory::Lock(folder_, "app");
  ASSERT_TRUE(directory.ok()) << directory.status();
  EXPECT_TRUE((*directory)->Claim({0, 1}).ok());
  EXPECT_EQ((*directory)->Claim({0, 1}).code(), absl::StatusCode::kUnavailable);
  EXPECT_TRUE((*directory)->Claim({0, 2}).ok());
  (*directory)->Release({0, 1});
  EXPECT_TRUE((*directory)->Claim({0, 1}).ok());
}

TEST_F(StateDirectoryTest, StateThatNobodyHasAndNobodyWritesToIsRemoved) {
  const auto directory = StateDirectory::Lock(folder_, "app");
  ASSERT_TRUE(directory.ok()) << directory.status();
  for (const TaskId& task : {TaskId{0, 0}, TaskId{0, 1}, TaskId{0, 2}}) {
    std::filesystem::create_directories((*directory)->TaskPath(task));
    std::ofstream((*directory)->TaskPath(task) + "/file") << "state";
  }
  std::filesystem::create_directories(folder_ + "/app/broker");
  const auto an_hour_ago = std::filesystem::file_time_type::clock::now() - std::chrono::hours(1);
  std::filesystem::last_write_time((*directory)->TaskPath({0, 0}) + "/file", an_hour_ago);
  std::filesystem::last_write_time((*directory)->TaskPath({0, 1}) + "/file", an_hour_ago);
  EXPECT_TRUE((*directory)->Claim({0, 0}).ok());
  EXPECT_THAT((*directory)->RemoveAbandoned(absl::Minutes(10)), testing::ElementsAre(TaskId{0, 1}));
  EXPECT_TRUE(std::filesystem::exists((*directory)->TaskPath({0, 0})));
  EXPECT_FALSE(std::filesystem::exists(folder_ + "/app/0_1"));
  EXPECT_TRUE(std::filesystem::exists((*directory)->TaskPath({0, 2})));
  EXPECT_TRUE(std::filesystem::exists(folder_ + "/app/broker"));
}

TEST_F(StateDirectoryTest, AFolderThatCannotBeMadeIsAClearError) {
  const absl::Status status = StateDirectory::Lock("/proc/millrace", "app").status();
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(status.message(), HasSubstr("/proc/millrace/app"));
  EXPECT_THAT(status.message(), HasSubstr("set state.dir"));
}

}  // namespace
}  // namespace millrace
