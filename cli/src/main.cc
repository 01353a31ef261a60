#include <cstdio>

#include "CLI/App.hpp"
#include "CLI/Config.hpp"
#include "CLI/Formatter.hpp"
#include "absl/synchronization/mutex.h"
#include "commands.h"

int main(int argc, char** argv) {
#ifdef NDEBUG
  // Some builds of Abseil, Debian's among them, note the order of all locks, under one lock.
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
#endif
  CLI::App app("Millrace: stream processing with local state, and the log broker that it comes with", "millrace");
  app.footer("'millrace SUBCOMMAND --help' explains one.");
  int exit_code = 0;
  millrace::cli::AddBrokerCommand(app, &exit_code);
  CLI11_PARSE(app, argc, argv);
  if (app.get_subcommands().empty()) {
    std::fputs(app.help().c_str(), stderr);
    return 2;
  }
  return exit_code;
}
