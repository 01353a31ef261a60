#pragma once

#include <memory>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include "datum.h"

namespace millrace::vectors {

// An object of a scenario, which remembers what was read of it: a field that nobody has read means something that this
// program does not do, and must not be passed over. Null is as good as absent. Copies share what they remember.
class Fields {
 public:
  // `what` names the object in messages.
  Fields(const Json& json, std::string what) : json_(json), what_(std::move(what)) {}

  bool Has(const char* field) const;
  // Empty where there is none.
  std::string Text(const char* field) const { return Has(field) ? json_.at(field).get<std::string>() : ""; }
  std::optional<int64_t> Number(const char* field) const;
  bool Flag(const char* field, bool otherwise) const { return Has(field) ? json_.at(field).get<bool>() : otherwise; }
  std::vector<std::string> Texts(const char* field) const;
  // Must be there, though it may be null.
  const Json& At(const char* field) const;
  // Where it must be there and be a number.
  int64_t NumberAt(const char* field) const;

  // For what says nothing to this program: it is left out, or repeats what is known.
  void Ignore(std::initializer_list<const char*> fields) const;
  // Throws Unsupported for the first field that was not read.
  void RequireAllRead() const;

  const Json& json() const { return json_; }

 private:
  const Json& json_;
  const std::string what_;
  const std::shared_ptr<std::set<std::string>> read_ = std::make_shared<std::set<std::string>>();
};

}  // namespace millrace::vectors
