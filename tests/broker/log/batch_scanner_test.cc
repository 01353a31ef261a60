#include "log/batch_scanner.h"

#include "gtest/gtest.h"
#include "millrace/base/testing/faulty_file_system.h"
#include "test_batch.h"

namespace millrace::broker {
namespace {

using Check = BatchScanner::Check;
using Step = BatchScanner::Step;

class BatchScannerTest : public ::testing::TestWithParam<Check> {
 protected:
  // The last offsets of the batches in `bytes`, and how the scan ended.
  std::pair<std::vector<int64_t>, Step> Scan(const std::string& bytes) {
    auto file = *disk_.Open("/log", OpenMode::kCreate);
    EXPECT_TRUE(file->Truncate(0).ok());
    EXPECT_TRUE(file->Write(0, bytes).ok());
    BatchScanner scanner(*file, 0, static_cast<int64_t>(bytes.size()), GetParam());
    std::vector<int64_t> offsets;
    while (true) {
      const Step step = *scanner.Next();
      damage_ = scanner.damage();
      position_ = scanner.position();
      if (step != Step::kBatch) return {offsets, step};
      offsets.push_back(scanner.header().last_offset());
      EXPECT_EQ(scanner.Bytes()->size(), scanner.header().total_bytes());
    }
  }

  testing::FaultyFileSystem disk_{1};
  std::string damage_;
  int64_t position_ = 0;
};

TEST_P(BatchScannerTest, GoesFromBatchToBatchAcrossItsBuffer) {
  std::string bytes;
  for (int64_t i = 0; i < 40; ++i) {
    bytes += MakeBatch({{.value = std::string(static_cast<size_t>(i * 300), 'x')}}, {.base_offset = i});
  }
  const auto [offsets, end] = Scan(bytes);
  EXPECT_EQ(end, Step::kEnd);
  ASSERT_EQ(offsets.size(), 40u);
  EXPECT_EQ(offsets.back(), 39);
}

TEST_P(BatchScannerTest, StopsAtACutBatch) {
  const std::string whole = BatchOf("a");
  for (size_t cut = 1; cut < whole.size(); ++cut) {
    const auto [offsets, end] = Scan(whole + whole.substr(0, cut));
    EXPECT_EQ(offsets.size(), 1u);
    EXPECT_EQ(end, Step::kDamaged);
    EXPECT_EQ(position_, static_cast<int64_t>(whole.size()));
  }
}

TEST_P(BatchScannerTest, ZerosAreNoBatch) {
  const auto [offsets, end] = Scan(BatchOf("a") + std::string(100, '\0'));
  EXPECT_EQ(offsets.size(), 1u);
  EXPECT_EQ(end, Step::kDamaged);
  EXPECT_EQ(damage_, "no record batch (magic 0 instead of 2)");
}

TEST_P(BatchScannerTest, OnlyAFullCheckSeesAWrongChecksum) {
  std::string bytes = BatchOf("a");
  bytes.back() ^= 1;
  const auto [offsets, end] = Scan(bytes);
  EXPECT_EQ(end, GetParam() == Check::kCrc ? Step::kDamaged : Step::kEnd);
  EXPECT_EQ(damage_, GetParam() == Check::kCrc ? "a batch (offsets 0 to 0) with a wrong checksum" : "");
}

INSTANTIATE_TEST_SUITE_P(Both, BatchScannerTest, ::testing::Values(Check::kHeaders, Check::kCrc),
                         [](const auto& test) { return test.param == Check::kCrc ? "Crc" : "Headers"; });

}  // namespace
}  // namespace millrace::broker
