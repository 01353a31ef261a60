#pragma once

#include <string_view>

namespace millrace {

// `what` the store does or cannot do, and `why`.
[[noreturn]] void ThrowStoreError(std::string_view store, std::string_view what, std::string_view why);

}  // namespace millrace
