#include "millrace/streams/list_serde.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "millrace/base/bytes.h"

namespace millrace::internal {
namespace {

enum Strategy : char { kConstantSize = 0, kVariableSize = 1 };
constexpr int32_t kNullEntry = -1;

// Reads from the front of the bytes; what is too short is remembered.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : bytes_(bytes) {}

  std::string_view Take(size_t size) {
    if (size > bytes_.size()) damaged_ = true;
    const std::string_view taken = bytes_.substr(0, size);
    bytes_.remove_prefix(std::min(size, bytes_.size()));
    return taken;
  }
  int32_t TakeInt() {
    const std::string_view taken = Take(sizeof(int32_t));
    return damaged_ ? 0 : LoadBigEndian<int32_t>(taken.data());
  }
  // A count of things that take at least `size` bytes each.
  size_t TakeCount(size_t size) {
    const int32_t count = TakeInt();
    if (count < 0 || static_cast<size_t>(count) * size > bytes_.size()) damaged_ = true;
    return damaged_ ? 0 : static_cast<size_t>(count);
  }
  bool damaged() const { return damaged_; }
  bool empty() const { return bytes_.empty(); }

 private:
  std::string_view bytes_;
  bool damaged_ = false;
};

using Entries = std::vector<std::optional<std::string_view>>;

Entries TakeConstant(Reader& reader, size_t constant_size) {
  std::vector<int32_t> nulls(reader.TakeCount(sizeof(int32_t)));
  for (int32_t& index : nulls) index = reader.TakeInt();
  Entries entries;
  const int32_t count = reader.TakeInt();
  for (int32_t i = 0; i < count && !reader.damaged(); ++i) {
    if (std::find(nulls.begin(), nulls.end(), i) != nulls.end()) {
      entries.emplace_back();
    } else {
      entries.emplace_back(reader.Take(constant_size));
    }
  }
  return entries;
}

Entries TakeVariable(Reader& reader) {
  Entries entries(reader.TakeCount(sizeof(int32_t)));
  for (std::optional<std::string_view>& entry : entries) {
    const int32_t size = reader.TakeInt();
    if (size != kNullEntry) entry = reader.Take(static_cast<size_t>(size));
  }
  return entries;
}

}  // namespace

ListWriter::ListWriter(std::string* out, size_t entries, bool constant, const std::vector<int32_t>& nulls)
    : out_(out), constant_(constant) {
  out_->push_back(constant ? kConstantSize : kVariableSize);
  if (constant) {
    AppendBigEndian(static_cast<int32_t>(nulls.size()), out_);
    for (const int32_t index : nulls) AppendBigEndian(index, out_);
  }
  AppendBigEndian(static_cast<int32_t>(entries), out_);
}

void ListWriter::BeginEntry() {
  // The size is filled in when it is known.
  if (!constant_) AppendBigEndian(int32_t{0}, out_);
  entry_at_ = out_->size();
}

void ListWriter::EndEntry() {
  if (constant_) return;
  StoreBigEndian(static_cast<int32_t>(out_->size() - entry_at_), out_->data() + entry_at_ - sizeof(int32_t));
}

void ListWriter::AddNull() {
  if (!constant_) AppendBigEndian(kNullEntry, out_);
}

absl::StatusOr<Entries> ParseList(std::string_view bytes, size_t constant_size) {
  Reader reader(bytes);
  const std::string_view strategy = reader.Take(1);
  Entries entries;
  if (strategy == std::string_view("\0", 1) && constant_size > 0) {
    entries = TakeConstant(reader, constant_size);
  } else if (strategy == std::string_view("\1", 1)) {
    entries = TakeVariable(reader);
  } else {
    return absl::InvalidArgumentError(
        absl::StrCat("a list of ", bytes.size(), " bytes does not begin as one with entries of this type"));
  }
  if (reader.damaged() || !reader.empty()) {
    return absl::DataLossError(
        absl::StrCat("a list of ", bytes.size(), " bytes is cut off, or has bytes after its end"));
  }
  return entries;
}

}  // namespace millrace::internal
