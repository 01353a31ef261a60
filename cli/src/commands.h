#pragma once

#include "CLI/App.hpp"

// The subcommands of `millrace`. Each Add...Command() declares one, with its options; when the parser meets it, its
// callback runs it and sets `*exit_code`.

namespace millrace::cli {

void AddBrokerCommand(CLI::App& app, int* exit_code);

}  // namespace millrace::cli
