#pragma once

#include "server/pending_request.h"

namespace millrace::broker {

// The answer to a version of ApiVersions that is newer than ours: version 0 of it, with an error and our range, so that
// the client can ask again.
void AnswerUnsupportedApiVersions(PendingRequest request);

}  // namespace millrace::broker
