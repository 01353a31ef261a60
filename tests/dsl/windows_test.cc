#include "millrace/dsl/windows.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "millrace/dsl/streams_builder.h"
#include "millrace/runtime/topology_test_driver.h"

namespace millrace {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<Window> WindowsOf(const TimeWindows& windows, int64_t time_ms) {
  std::vector<Window> found;
  windows.ForEach(time_ms, [&](const Window& window) { found.push_back(window); });
  return found;
}

TEST(WindowsTest, ATumblingWindowIncludesItsStartButNotItsEnd) {
  const TimeWindows windows = TimeWindows::OfSize(absl::Milliseconds(10));
  EXPECT_THAT(WindowsOf(windows, 0), ElementsAre(Window{0, 10}));
  EXPECT_THAT(WindowsOf(windows, 9), ElementsAre(Window{0, 10}));
  EXPECT_THAT(WindowsOf(windows, 10), ElementsAre(Window{10, 20}));
}

TEST(WindowsTest, HoppingWindowsOverlap) {
  const TimeWindows windows = TimeWindows::OfSize(absl::Milliseconds(10)).AdvanceBy(absl::Milliseconds(4));
  EXPECT_THAT(WindowsOf(windows, 9), ElementsAre(Window{0, 10}, Window{4, 14}, Window{8, 18}));
  EXPECT_THAT(WindowsOf(windows, 11), ElementsAre(Window{4, 14}, Window{8, 18}));
}

TEST(WindowsTest, AWindowThatIsEmittedOnCloseIsEmittedOnce) {
  StreamsBuilder builder;
  builder.Stream<std::string, std::string>("in")
      .GroupByKey()
      .WindowedBy(TimeWindows::OfSize(absl::Milliseconds(10)))
      .Emit(EmitStrategy::kOnWindowClose)
      .Count({.store = "counts"})
      .ToStream()
      .To("out");
  TopologyTestDriver driver(builder.Build());
  auto in = driver.CreateInputTopic<std::string, std::string>("in");
  auto out = driver.CreateOutputTopic<Windowed<std::string>, int64_t>(
      "out", {.key_serde = std::make_shared<TimeWindowedSerde<std::string>>(SerdeOf<std::string>(), 10)});
  ASSERT_TRUE(in.PipeInput("a", "x", 1).ok());
  ASSERT_TRUE(in.PipeInput("a", "x", 5).ok());
  EXPECT_TRUE(out.IsEmpty());
  ASSERT_TRUE(in.PipeInput("b", "x", 12).ok());
  const auto first = *out.ReadRecords();
  ASSERT_EQ(first.size(), 1u);
  EXPECT_EQ(first[0].key->window, (Window{0, 10}));
  EXPECT_EQ(first[0].value, 2);
  ASSERT_TRUE(in.PipeInput("b", "x", 13).ok());
  EXPECT_THAT(*out.ReadRecords(), IsEmpty());
}

}  // namespace
}  // namespace millrace
