#include <gtest/gtest.h>

#include "examples_prelude.h"

namespace millrace::examples {
namespace {

TEST(DslPageTest, EveryExampleBuilds) {
  ASSERT_GT(Examples().size(), 25u);
  for (size_t i = 0; i < Examples().size(); ++i) {
    StreamsBuilder builder;
    Examples()[i](builder, builder.Stream<std::string, Order>("orders"), builder.Stream<std::string, Click>("clicks"),
                  builder.Table<std::string, User>("users"),
                  builder.GlobalTable<std::string, std::string>("countries"));
    EXPECT_TRUE(builder.Build().ok()) << "example " << i + 1 << ": " << builder.Build().status();
  }
}

}  // namespace
}  // namespace millrace::examples
