#include "millrace/streams/void.h"

#include "absl/strings/str_cat.h"

namespace millrace {
namespace {

class VoidSerde final : public Serde<Void> {
 public:
  absl::Status Serialize(const Void&, std::string*) const override {
    return absl::InternalError("there is no value of type Void to write");
  }
  absl::StatusOr<Void> Deserialize(std::string_view bytes) const override {
    return absl::InvalidArgumentError(
        absl::StrCat("there are ", bytes.size(), " bytes where Void allows null alone: read them as another type"));
  }
};

}  // namespace

SerdePtr<Void> DefaultSerde<Void>::Get() {
  static const SerdePtr<Void> serde = std::make_shared<VoidSerde>();
  return serde;
}

}  // namespace millrace
