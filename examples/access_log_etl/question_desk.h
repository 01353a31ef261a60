#pragma once

#include <string>
#include <thread>

#include "millrace/runtime/streams_app.h"

namespace access_log {

// Answers questions about a running job, a line each on standard input; an answer is lines that end with an empty one.
// Shows how a program reads its own tables: the instance answers for the partitions that it runs. Owns a thread, which
// goes with it.
class QuestionDesk {
 public:
  // Closed unless `open`. `app` outlives the desk.
  QuestionDesk(const millrace::StreamsApp& app, bool open);
  QuestionDesk(const QuestionDesk&) = delete;
  QuestionDesk& operator=(const QuestionDesk&) = delete;
  ~QuestionDesk();

 private:
  void Serve();
  std::string Answer(const std::string& question) const;
  std::string Paths() const;

  const millrace::StreamsApp& app_;
  // Written to when the desk closes.
  int close_pipe_[2] = {-1, -1};
  std::thread thread_;
};

}  // namespace access_log
