#pragma once

#include <string>
#include <string_view>

namespace millrace {

// Identifies a C++ type at run time, with a name for messages: what lets a type-erased graph check that the record type
// that a node sends is the one that its child receives. Immutable.
class TypeIdentity {
 public:
  template <class T>
  static const TypeIdentity& Of() {
    static const TypeIdentity identity(__PRETTY_FUNCTION__);
    return identity;
  }

  // As the compiler spells it, `std::string` shortened.
  const std::string& name() const { return name_; }
  bool operator==(const TypeIdentity& other) const { return name_ == other.name_; }

 private:
  explicit TypeIdentity(std::string_view pretty_function);

  std::string name_;
};

}  // namespace millrace
