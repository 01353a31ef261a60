#include "CLI/App.hpp"
#include "CLI/Config.hpp"
#include "CLI/Formatter.hpp"
#include "commands.h"

int main(int argc, char** argv) {
  CLI::App app("Millrace: stream processing with local state, and the log broker that it comes with", "millrace");
  app.require_subcommand(1);
  app.footer("'millrace SUBCOMMAND --help' explains one.");
  int exit_code = 0;
  millrace::cli::AddBrokerCommand(app, &exit_code);
  CLI11_PARSE(app, argc, argv);
  return exit_code;
}
