#pragma once

#include "absl/status/status.h"

namespace millrace {

// Errors that pass by themselves: the cluster is away for a while, a coordinator moves, the group is about to share the
// tasks out anew. An application goes on after them, and tries again.
inline bool IsTransient(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kDeadlineExceeded:
    case absl::StatusCode::kAborted:
      return true;
    default:
      return false;
  }
}

}  // namespace millrace
