#include "fields.h"

#include "absl/strings/str_cat.h"

namespace millrace::vectors {

bool Fields::Has(const char* field) const {
  read_->insert(field);
  return json_.contains(field) && !json_.at(field).is_null();
}

std::optional<int64_t> Fields::Number(const char* field) const {
  if (!Has(field)) return std::nullopt;
  const Json& number = json_.at(field);
  if (!number.is_number_integer()) {
    throw Unsupported(absl::StrCat("'", field, "' of ", what_, " as ", number.type_name()));
  }
  return number.get<int64_t>();
}

std::vector<std::string> Fields::Texts(const char* field) const {
  return Has(field) ? json_.at(field).get<std::vector<std::string>>() : std::vector<std::string>();
}

const Json& Fields::At(const char* field) const {
  read_->insert(field);
  if (!json_.contains(field)) throw std::runtime_error(absl::StrCat(what_, " has no '", field, "'"));
  return json_.at(field);
}

int64_t Fields::NumberAt(const char* field) const {
  const std::optional<int64_t> number = Number(field);
  if (!number) throw std::runtime_error(absl::StrCat(what_, " has no '", field, "'"));
  return *number;
}

void Fields::Ignore(std::initializer_list<const char*> fields) const { read_->insert(fields.begin(), fields.end()); }

void Fields::RequireAllRead() const {
  for (const auto& [field, value] : json_.items()) {
    if (value.is_null() || read_->contains(field)) continue;
    throw Unsupported(absl::StrCat("'", field, "' of ", what_));
  }
}

}  // namespace millrace::vectors
