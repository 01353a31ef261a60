#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "millrace/base/file.h"

namespace millrace::broker {

// Whose data directory it is, in the file "meta.properties" as Kafka writes it:
//
//   version=1
//   cluster.id=Zr5fWnE5TzKdzmLYYy8GUg
//   node.id=1
//   directory.id=Fj3aP2ZbQJuVXVCi2gPTqg
struct DirectoryIdentity {
  std::string cluster_id;
  int32_t node_id = 1;
  std::string directory_id;
};

// What the directory says; a new one gets what is asked for, ids made up where they are empty.
absl::StatusOr<DirectoryIdentity> LoadOrCreateIdentity(FileSystem& files, const std::string& directory,
                                                       DirectoryIdentity wanted, bool sync);

}  // namespace millrace::broker
