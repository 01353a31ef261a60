#include "millrace/base/status_macros.h"

#include <gtest/gtest.h>

#include <string>

namespace millrace {
namespace {

absl::StatusOr<std::string> Twice(absl::StatusOr<std::string> input) {
  MILLRACE_ASSIGN_OR_RETURN(const std::string text, std::move(input));
  return text + text;
}

absl::Status FailIf(bool fail) {
  MILLRACE_RETURN_IF_ERROR(fail ? absl::NotFoundError("gone") : absl::OkStatus());
  return absl::AlreadyExistsError("reached the end");
}

TEST(StatusMacrosTest, AssignsTheValue) { EXPECT_EQ(*Twice("ab"), "abab"); }

TEST(StatusMacrosTest, ReturnsTheError) { EXPECT_EQ(Twice(absl::NotFoundError("x")).status().message(), "x"); }

TEST(StatusMacrosTest, GoesOnWhenThereIsNoError) {
  EXPECT_TRUE(absl::IsNotFound(FailIf(true)));
  EXPECT_TRUE(absl::IsAlreadyExists(FailIf(false)));
}

}  // namespace
}  // namespace millrace
