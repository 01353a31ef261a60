// docs/protocol.md is what the broker serves.

#include "server/protocol_page.h"

#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <sstream>

#include "server/api_table.h"

namespace millrace::broker {
namespace {

TEST(ProtocolPageTest, IsInTheDocumentsAsTheTableHasIt) {
  std::ifstream file(PROTOCOL_PAGE);
  std::ostringstream page;
  page << file.rdbuf();
  EXPECT_EQ(page.str(), ProtocolPage())
      << "docs/protocol.md is out of date: millrace broker --print-protocol > docs/protocol.md";
}

TEST(ProtocolPageTest, EveryApiIsServedOrLeftOutWithAReason) {
  std::set<int16_t> left_out;
  for (const OmittedApi& api : OmittedApis()) {
    EXPECT_TRUE(left_out.empty() || *left_out.rbegin() < api.key) << api.name << " is not in order";
    left_out.insert(api.key);
    EXPECT_FALSE(api.reason.empty()) << api.name;
    const auto key = static_cast<protocol::ApiKey>(api.key);
    EXPECT_EQ(FindServedApi(key), nullptr) << api.name << " is served";
    const protocol::Api* known = protocol::FindApi(key);
    if (known != nullptr) {
      EXPECT_EQ(known->name, api.name);
    }
  }
  for (const protocol::Api& api : protocol::AllApis()) {
    EXPECT_TRUE(FindServedApi(api.key) != nullptr || left_out.count(static_cast<int16_t>(api.key)) > 0) << api.name;
  }
}

}  // namespace
}  // namespace millrace::broker
