#include "millrace/runtime/mock_processor_context.h"
#include "millrace/statestore/task_stores.h"
#include "millrace/streams/processing_error.h"

namespace millrace {

class MockTask::Stores {
 public:
  StateStore* Add(const StoreBuilderPtr& builder, const std::string& node, TaskEnvironment* environment) {
    const absl::StatusOr<std::unique_ptr<TaskStores>>& stores =
        opened_.emplace_back(TaskStores::Open({.directory = "", .stores = {builder}, .environment = environment}));
    if (!builder->Check().ok()) throw ProcessingError(node, std::string(builder->Check().message()));
    if (!stores.ok()) throw ProcessingError(node, std::string(stores.status().message()));
    return Find(builder->name());
  }
  StateStore* Find(std::string_view name) const {
    for (const auto& stores : opened_) {
      if (!stores.ok()) continue;
      if (StateStore* store = (*stores)->Find(name)) return store;
    }
    return nullptr;
  }

 private:
  std::vector<absl::StatusOr<std::unique_ptr<TaskStores>>> opened_;
};

MockTask::MockTask(const MockContextOptions& options)
    : options_(options), stores_(std::make_unique<Stores>()), wall_clock_ms_(options.wall_clock_ms) {}

MockTask::~MockTask() = default;

StateStore* MockTask::AddStore(const StoreBuilderPtr& store) { return stores_->Add(store, options_.node_name, this); }

StateStore* MockTask::FindStore(std::string_view name) { return stores_->Find(name); }

void MockTask::SetRecordMetadata(std::optional<RecordMetadata> metadata) {
  current_ = metadata;
  metadata_ = current_ ? &*current_ : nullptr;
}

Cancellable MockTask::Schedule(std::string_view, absl::Duration interval, PunctuationType type,
                               std::optional<int64_t> start_ms, Punctuator punctuator) {
  auto cancelled = std::make_shared<bool>(false);
  scheduled_.push_back({interval, type, start_ms, std::move(punctuator), cancelled});
  return Cancellable(std::move(cancelled));
}

void MockTask::HandleSerializationError(std::string_view node, std::string_view, const absl::Status& error) {
  throw ProcessingError(std::string(node), std::string(error.message()));
}

void MockTask::HandleProcessingError(std::string_view node, std::string_view what) {
  throw ProcessingError(std::string(node), std::string(what));
}

std::optional<int64_t> MockTask::CommittedNumber(std::string_view key) const {
  const auto number = numbers_.find(key);
  return number == numbers_.end() ? std::nullopt : std::optional(number->second);
}

}  // namespace millrace
