#include "millrace/streams/processor_context.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "millrace/base/string_bridge.h"
#include "millrace/streams/processing_error.h"

namespace millrace {

StateStore& ProcessingContext::ConnectedStore(std::string_view name) const {
  StateStore* store = environment_.FindStore(name);
  if (store == nullptr) {
    throw ProcessingError(
        node_name_, absl::StrCat("there is no state store '", ToAbsl(name), "': connected to processor '", node_name_,
                                 "' are [", absl::StrJoin(stores_, ", "), "]"));
  }
  // Global stores are readable from everywhere, unconnected.
  if (std::find(stores_.begin(), stores_.end(), name) == stores_.end() && !environment_.IsGlobalStore(name)) {
    throw ProcessingError(node_name_, absl::StrCat("state store '", ToAbsl(name), "' is not connected to processor '",
                                                   node_name_, "': name it when adding the processor"));
  }
  return *store;
}

void ProcessingContext::RefuseTimestamp(int64_t timestamp_ms) const {
  throw ProcessingError(node_name_, absl::StrCat("a record is forwarded with the timestamp ", timestamp_ms,
                                                 ", which is before 1970: give it one of 0 or more"));
}

void ProcessingContext::RefuseStoreType(std::string_view name, const TypeIdentity& wanted) const {
  throw ProcessingError(node_name_, absl::StrCat("state store '", ToAbsl(name), "' is not a ", wanted.name(),
                                                 ": ask for the type it was made as"));
}

void ProcessingContext::RefuseChild(std::string_view child) const {
  throw ProcessingError(node_name_, absl::StrCat("'", ToAbsl(child), "' is not a child of processor '", node_name_,
                                                 "': forward to one of the nodes that name it as a parent"));
}

}  // namespace millrace
