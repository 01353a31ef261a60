#pragma once

#include <string>

#include "protocol/vectors/replay.h"

// One check a kind of vector. Each takes a vector as it stands in its file and returns its first difference, empty when
// it passes; each throws a std::exception for a vector that is not what it should be.

namespace millrace::protocol {

// {"api":"Fetch","kind":"request","version":12,"json":{},"hex":"..."}
std::string CheckMessage(const Json& vector);
// {"message":"OffsetCommitKey","version":1,"json":{},"hex":"..."}
std::string CheckInternalRecord(const Json& vector);

// {"kind":"batch"|"set"|"corrupt","hex":"..."}
std::string CheckBatch(const Json& vector);

// {"key":"ca","murmur2":740797695,"positive":740797695,"partition":{"3":0}}
std::string CheckMurmur2(const Json& vector);

// A file with the members requestHeaders, responseHeaders, headerVersions and frames: counts a vector an entry.
void CheckHeaders(const Json& file, const std::string& name, Replay* replay);

}  // namespace millrace::protocol
