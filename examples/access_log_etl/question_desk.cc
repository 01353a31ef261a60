#include "question_desk.h"

#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include <cstdio>

#include "job.h"
#include "millrace/streams/json.h"
#include "millrace/streams/key_value_store.h"
#include "topology.h"

namespace access_log {

QuestionDesk::QuestionDesk(const millrace::StreamsApp& app, bool open) : app_(app) {
  if (!open || pipe(close_pipe_) != 0) return;
  thread_ = std::thread([this] { Serve(); });
}

QuestionDesk::~QuestionDesk() {
  if (!thread_.joinable()) return;
  close(close_pipe_[1]);
  thread_.join();
  close(close_pipe_[0]);
}

void QuestionDesk::Serve() {
  // Signals are for the thread that waits for them.
  sigset_t all;
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, nullptr);
  std::string unread;
  while (true) {
    pollfd wait[] = {{STDIN_FILENO, POLLIN, 0}, {close_pipe_[0], POLLIN, 0}};
    if (poll(wait, 2, -1) < 0 || wait[1].revents != 0) return;
    char buffer[4096];
    const ssize_t got = read(STDIN_FILENO, buffer, sizeof(buffer));
    if (got <= 0) return;  // nobody asks any more; the job goes on
    unread.append(buffer, static_cast<size_t>(got));
    for (size_t end = unread.find('\n'); end != std::string::npos; end = unread.find('\n')) {
      const std::string answer = Answer(unread.substr(0, end)) + "\n";
      unread.erase(0, end + 1);
      std::fwrite(answer.data(), 1, answer.size(), stdout);
      std::fflush(stdout);
    }
  }
}

std::string QuestionDesk::Answer(const std::string& question) const {
  if (question == "tasks") return std::to_string(app_.running_tasks()) + "\n";
  if (question == "paths") return Paths();
  return "ask 'tasks' or 'paths'\n";
}

std::string QuestionDesk::Paths() const {
  using Table = millrace::ReadOnlyTimestampedKeyValueStore<std::string, PathTraffic>;
  const auto table = app_.Store<Table>(kPathStore);
  if (!table.ok()) return "";  // none of its partitions runs here now
  std::string rows;
  for (auto row = (*table)->All(); row->Valid(); row->Next()) {
    const PathTraffic& traffic = row->value().value;
    rows +=
        millrace::Json{{"path", row->key()}, {"requests", traffic.requests}, {"bytes", traffic.bytes}}.dump() + "\n";
  }
  return rows;
}

}  // namespace access_log
