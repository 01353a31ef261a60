// A real ETL job over a web server's access log: see README.md beside this file.

#include <CLI/CLI.hpp>
#include <cstdint>
#include <string>

#include "job.h"
#include "millrace/millrace.h"
#include "question_desk.h"
#include "topology.h"

int main(int argc, char** argv) {
  CLI::App cli("Reads an access log from the topic '" + std::string(access_log::kLogTopic) +
               "', cleans and enriches it, counts requests per status class and sums traffic per path.");
  std::string bootstrap_servers;
  std::string state_dir;
  int64_t grace_minutes = 10;
  int64_t session_timeout_ms = 45'000;
  int threads = 1;
  bool answer_questions = false;
  cli.add_option("--bootstrap-servers", bootstrap_servers,
                 "The cluster to work with; without it, a broker is started in this process");
  cli.add_option("--state-dir", state_dir, "Where the state is kept; a directory for each instance on a machine");
  cli.add_option("--grace-minutes", grace_minutes, "How long a window waits for lines that come late")
      ->capture_default_str();
  cli.add_option("--session-timeout-ms", session_timeout_ms, "After what silence an instance is taken for dead")
      ->capture_default_str();
  cli.add_option("--threads", threads, "Stream threads of this instance")->capture_default_str();
  cli.add_flag("--answer-questions", answer_questions,
               "Read questions from standard input: 'tasks' (how many run here), 'paths' (this instance's part of the "
               "table of paths)");
  CLI11_PARSE(cli, argc, argv);

  millrace::Settings settings = {{"application.id", access_log::kApplicationId},
                                 {"num.stream.threads", std::to_string(threads)},
                                 {"session.timeout.ms", std::to_string(session_timeout_ms)},
                                 // A line that cannot be read is set aside; the job goes on.
                                 {"deserialization.exception.handler", "continue"},
                                 {"errors.dead.letter.queue.topic.name", access_log::kDeadLetterTopic}};
  if (!bootstrap_servers.empty()) settings["bootstrap.servers"] = bootstrap_servers;
  if (!state_dir.empty()) settings["state.dir"] = state_dir;

  millrace::StreamsApp app(access_log::BuildTopology(absl::Minutes(grace_minutes)), std::move(settings));
  const access_log::QuestionDesk desk(app, answer_questions);
  return app.RunUntilSignal();
}
