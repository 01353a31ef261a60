// A process that writes and commits is killed at any moment. Whoever opens its state finds exactly one commit: rows,
// positions and metadata of the same one, and none lost that Commit() had returned from.

#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <functional>
#include <random>

#include "store_fixture.h"

namespace millrace {
namespace {

using Counts = KeyValueStore<std::string, int64_t>;
using Windows = WindowStore<std::string, int64_t>;

constexpr int64_t kKeys = 50;

std::vector<StoreBuilderPtr> Builders() {
  return {Stores::PersistentKeyValue<std::string, int64_t>({.name = "counts", .caching = true}),
          Stores::PersistentKeyValue<std::string, int64_t>({.name = "plain"}),
          Stores::PersistentWindow<std::string, int64_t>(
              {.name = "windows", .retention = absl::Minutes(3), .window_size = absl::Seconds(1)})};
}

class Opened {
 public:
  Opened(const std::string& directory, const StoreResourcesOptions& options)
      : resources_(StoreResources::Create(options)) {
    auto stores = TaskStores::Open({.directory = directory,
                                    .stores = Builders(),
                                    .resources = resources_,
                                    .cache = &cache_,
                                    .environment = &task_});
    if (stores.ok()) {
      stores_ = *std::move(stores);
    } else {
      status_ = stores.status();
    }
  }

  const absl::Status& status() const { return status_; }
  TaskStores& stores() { return *stores_; }
  template <class S>
  S& Get(std::string_view name) {
    return dynamic_cast<S&>(*stores_->Find(name));
  }

 private:
  absl::Status status_;
  RecordingTask task_;
  RecordCache cache_{1 << 20};
  std::shared_ptr<StoreResources> resources_;
  std::unique_ptr<TaskStores> stores_;
};

// Every commit adds 1 to each key and moves one window on. Reports each on `report`, and never ends by itself.
[[noreturn]] void WriteAndCommit(const std::string& directory, const StoreResourcesOptions& options, int report) {
  Opened opened(directory, options);
  if (!opened.status().ok()) _exit(3);
  auto& counts = opened.Get<Counts>("counts");
  auto& plain = opened.Get<Counts>("plain");
  auto& windows = opened.Get<Windows>("windows");
  int64_t commit = counts.Get("0").value_or(0);
  while (true) {
    ++commit;
    for (int64_t key = 0; key < kKeys; ++key) {
      counts.Put(std::to_string(key), counts.Get(std::to_string(key)).value_or(0) + 1);
      plain.Put(std::to_string(key), commit);
    }
    // Keys that come and go, so that deletions are at stake too.
    plain.Put("odd", commit % 2 == 1 ? std::optional<int64_t>(commit) : std::nullopt);
    windows.Put("w", commit, commit * 1'000);
    opened.stores().FlushCaches();
    const absl::Status status =
        opened.stores().Commit({.changelog_positions = {{"counts", commit}, {"plain", commit}, {"windows", commit}},
                                .metadata = {{"commit", std::to_string(commit)}}});
    if (!status.ok() || write(report, &commit, sizeof(commit)) != sizeof(commit)) _exit(4);
  }
}

// Runs it for a while, kills it, and returns the last commit that it reported.
int64_t RunAndKill(const std::string& directory, const StoreResourcesOptions& options, int64_t commits,
                   int64_t extra_us) {
  int pipe_ends[2];
  EXPECT_EQ(pipe(pipe_ends), 0);
  const pid_t child = fork();
  if (child == 0) {
    close(pipe_ends[0]);
    WriteAndCommit(directory, options, pipe_ends[1]);
  }
  close(pipe_ends[1]);
  int64_t last = 0;
  for (int64_t i = 0; i < commits; ++i) {
    if (read(pipe_ends[0], &last, sizeof(last)) != sizeof(last)) break;
  }
  // Somewhere within the commits that follow.
  usleep(static_cast<useconds_t>(extra_us));
  EXPECT_EQ(kill(child, SIGKILL), 0);
  int status = 0;
  EXPECT_EQ(waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFSIGNALED(status)) << "it ended by itself with " << WEXITSTATUS(status);
  while (read(pipe_ends[0], &last, sizeof(last)) == sizeof(last)) {
  }
  close(pipe_ends[0]);
  return last;
}

void ExpectExactlyOneCommit(const std::string& directory, int64_t reported) {
  Opened opened(directory, {});
  ASSERT_TRUE(opened.status().ok()) << opened.status();
  const int64_t commit = opened.stores().changelog_position("counts").value_or(0);
  EXPECT_GE(commit, reported) << "a commit that had returned is gone";
  EXPECT_LE(commit, reported + 1);
  EXPECT_EQ(opened.stores().changelog_position("plain"), commit);
  EXPECT_EQ(opened.stores().changelog_position("windows"), commit);
  EXPECT_EQ(opened.stores().metadata("commit"), std::to_string(commit));
  for (int64_t key = 0; key < kKeys; ++key) {
    EXPECT_EQ(opened.Get<Counts>("counts").Get(std::to_string(key)), commit);
    EXPECT_EQ(opened.Get<Counts>("plain").Get(std::to_string(key)), commit);
  }
  EXPECT_EQ(opened.Get<Counts>("plain").Get("odd"), commit % 2 == 1 ? std::optional(commit) : std::nullopt);
  auto& windows = opened.Get<Windows>("windows");
  EXPECT_EQ(windows.Fetch("w", commit * 1'000), commit);
  EXPECT_EQ(windows.Fetch("w", (commit + 1) * 1'000), std::nullopt);
  EXPECT_EQ(Drain(windows.All()).size(), static_cast<size_t>(std::min<int64_t>(commit, 180)));
}

// In a process of its own: one that has opened a database has threads, and cannot be forked any more.
void ExpectInChild(const std::function<void()>& check) {
  const pid_t child = fork();
  if (child == 0) {
    check();
    _exit(testing::Test::HasFailure() ? 1 : 0);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << "see the failures above";
}

TEST(CrashTest, AfterAKillTheStateStandsExactlyAtACommit) {
  const uint32_t seed = std::random_device()();
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  std::mt19937 random(seed);
  ScratchFolder folder;
  for (int round = 0; round < 8 && !testing::Test::HasFailure(); ++round) {
    // Small write buffers and logs: flushes, switches of logs and dropped segments are hit as well.
    const StoreResourcesOptions options = {.write_buffer_bytes = 256 << 10, .wal_max_bytes = 512 << 10};
    const int64_t reported = RunAndKill(folder / "0_0", options, 1 + static_cast<int64_t>(random() % 300),
                                        static_cast<int64_t>(random() % 3'000));
    ExpectInChild([&] { ExpectExactlyOneCommit(folder / "0_0", reported); });
  }
}

}  // namespace
}  // namespace millrace
