#pragma once

#include "millrace/protocol/schema.h"

namespace millrace::protocol {

// Whether two members that `field` describes have the same value.
bool FieldsEqual(const Field& field, const void* a, const void* b);

}  // namespace millrace::protocol
