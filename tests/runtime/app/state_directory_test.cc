#include "app/state_directory.h"

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
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

TEST_F(StateDirectoryTest, AFolderThatCannotBeMadeIsAClearError) {
  const absl::Status status = StateDirectory::Lock("/proc/millrace", "app").status();
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(status.message(), HasSubstr("/proc/millrace/app"));
  EXPECT_THAT(status.message(), HasSubstr("set state.dir"));
}

}  // namespace
}  // namespace millrace
