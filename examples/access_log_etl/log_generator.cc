#include "log_generator.h"

#include <array>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "log_line.h"
#include "millrace/base/string_bridge.h"

namespace access_log {
namespace {

constexpr std::array<std::string_view, 10> kPopular = {
    "/",           "/favicon.ico",       "/style.css",       "/blog/",  "/blog/feed.xml",
    "/docs/start", "/docs/install.html", "/images/logo.png", "/search", "/projects/millrace/"};
constexpr std::array<std::string_view, 6> kSections = {"blog", "docs", "images", "projects", "files", "presentations"};
constexpr std::array<std::string_view, 5> kAgents = {
    "Mozilla/5.0 (X11; Linux x86_64; rv:38.0) Gecko/20100101 Firefox/38.0",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_9_1) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/42.0 Safari/537.36",
    "Mozilla/5.0 (Windows NT 6.1; WOW64; Trident/7.0; rv:11.0) like Gecko",
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", "curl/7.38.0"};

constexpr int kOneInGarbled = 200;
constexpr int kOneInHealthCheck = 25;

}  // namespace

std::string LogGenerator::Path() {
  if (Below(100) < 60) return std::string(kPopular[Below(kPopular.size())]);
  return absl::StrCat("/", millrace::ToAbsl(kSections[Below(kSections.size())]), "/", Below(2000), ".html");
}

std::string LogGenerator::Next() {
  time_ms_ += Below(850);  // 200,000 lines are about a day
  LogLine line;
  line.client = absl::StrCat(10 + Below(200), ".", Below(256), ".", Below(256), ".", 1 + Below(254));
  // Lines are written when a request ends, so their times are not quite in order.
  line.time_ms = (time_ms_ - Below(20'000)) / 1000 * 1000;
  if (Below(kOneInHealthCheck) == 0) {
    line.method = "GET";
    line.path = "/healthz";
    line.status = 200;
    line.user_agent = "kube-probe/1.0";
    return FormatLogLine(line);
  }
  line.method = Below(20) == 0 ? "POST" : "GET";
  line.path = Path();
  const uint32_t luck = Below(1000);
  line.status = luck < 880 ? 200 : luck < 940 ? 304 : luck < 960 ? 301 : luck < 995 ? 404 : 500;
  line.bytes = line.status == 200 ? 200 + Below(60'000) : line.status == 304 ? 0 : 300;
  line.user_agent = kAgents[Below(kAgents.size())];
  std::string text = FormatLogLine(line);
  return Below(kOneInGarbled) == 0 ? Garble(std::move(text)) : text;
}

std::string LogGenerator::Garble(std::string line) {
  switch (Below(4)) {
    case 0:  // the disk was full
      return line.substr(0, 20 + Below(40));
    case 1:  // the user agent's closing quote is missing
      line.pop_back();
      return line;
    case 2:  // somebody spoke TLS to the plain port
      return "10.0.0.1 - - [17/May/2015:12:00:00 +0000] \"\\x16\\x03\\x01\" 400 0 \"-\" \"-\"";
    default:  // two writers, one line
      return line.insert(Below(static_cast<uint32_t>(line.size())), line);
  }
}

}  // namespace access_log
