#pragma once

#include <cstdint>

#include "millrace/protocol/schema.h"
#include "protocol/vectors/replay.h"

namespace millrace::protocol {

// Sets the fields that `version` has from `json`, and the unknown tagged fields from `unknown`, a list as the vectors
// have it: [{"path":"/topics/0","fields":[{"tag":5,"hex":"00"}]}]. Throws an nlohmann::json exception or
// std::invalid_argument when a member is missing or of another type.
void FromJson(const Schema& schema, const Json& json, const Json& unknown, int16_t version, void* object);

// The unknown tagged fields of an object in that form, in ascending order of the path.
Json UnknownTagsOf(const Schema& schema, const void* object, int16_t version);

// A list of tagged fields: [{"tag":5,"hex":"00"}].
Json ToJson(const TaggedFields& fields);
TaggedFields TaggedFieldsFromJson(const Json& fields);

// `unknownTaggedFields` of a vector in ascending order of the path; an empty list when it has none.
Json SortedByPath(const Json& unknown);

}  // namespace millrace::protocol
