#pragma once

#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

// Early return for absl::Status and absl::StatusOr:
//
//   MILLRACE_RETURN_IF_ERROR(file->Sync());
//   MILLRACE_ASSIGN_OR_RETURN(std::unique_ptr<File> file, fs.Open(path));

#define MILLRACE_RETURN_IF_ERROR(expr)                                                        \
  do {                                                                                        \
    if (absl::Status millrace_status = (expr); !millrace_status.ok()) return millrace_status; \
  } while (false)

#define MILLRACE_ASSIGN_OR_RETURN(lhs, expr) \
  MILLRACE_ASSIGN_OR_RETURN_AT_(MILLRACE_STATUS_CONCAT_(millrace_status_or_, __LINE__), lhs, expr)

#define MILLRACE_ASSIGN_OR_RETURN_AT_(result, lhs, expr) \
  auto result = (expr);                                  \
  if (!result.ok()) return std::move(result).status();   \
  lhs = *std::move(result)

#define MILLRACE_STATUS_CONCAT_(a, b) MILLRACE_STATUS_CONCAT_TOKENS_(a, b)
#define MILLRACE_STATUS_CONCAT_TOKENS_(a, b) a##b
