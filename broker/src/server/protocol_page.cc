#include "server/protocol_page.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "server/api_table.h"

namespace millrace::broker {
namespace {

constexpr std::string_view kOpening = R"(# The Kafka protocol, as the broker serves it

<!-- Made by `millrace broker --print-protocol > docs/protocol.md` from the broker's dispatch table; do not edit. -->

The broker speaks the protocol of Apache Kafka 3.9 as a cluster of one. What it tells clients with ApiVersions is this
table, and the same table dispatches their requests.

## Served

| API | Key | Versions | Notes |
|---|---|---|---|
)";

constexpr std::string_view kRules = R"(
What holds for all of them:

- A request of an API or a version that is not in the table closes the connection, as in Kafka, and so does one that
  cannot be read. ApiVersions is the exception: see its note.
- Tagged fields that the broker does not know are skipped, in headers and in bodies, and so are bytes behind a request.
- Answers come in the order of the requests of their connection.
- There is no authorizer: authorized operations, for clients that ask, are all that the resource has. No answer is
  throttled.
- The broker advertises the address that the client reached, unless `advertised.listeners` says otherwise.
- A topic that a request for metadata creates is there in its answer; Kafka's first answer is an error to try again after.

## Left out

- TLS, authentication, access control lists and quotas: the broker is for the machine or network that may use it.
- Settings of the broker that change while it runs, and settings of groups, clients and loggers.
- The newer kinds of groups (`group.protocol=consumer`, share groups, Kafka 4's streams groups): groups are classic.
- Storage elsewhere (tiered storage), further brokers and replicas, fetching from a nearby replica.
- Of the topic settings, those of throttled replication and of tiered storage; `preallocate` and
  `remote.storage.enable` may be given as `false`, which is how it is.

The APIs that are not served:

| API | Key | Why |
|---|---|---|
)";

}  // namespace

std::string ProtocolPage() {
  std::string page(kOpening);
  for (const ServedApi& api : ServedApis()) {
    const auto [min, max] = api.versions;
    absl::StrAppendFormat(&page, "| %s | %d | %s |%s%s |\n", protocol::ApiName(api.key), static_cast<int16_t>(api.key),
                          min == max ? absl::StrCat(min) : absl::StrCat(min, "-", max), api.notes.empty() ? "" : " ",
                          api.notes);
  }
  page += kRules;
  for (const OmittedApi& api : OmittedApis()) {
    absl::StrAppendFormat(&page, "| %s | %d | %s |\n", api.name, api.key, api.reason);
  }
  return page;
}

}  // namespace millrace::broker
