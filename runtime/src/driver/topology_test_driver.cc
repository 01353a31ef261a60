#include "millrace/runtime/topology_test_driver.h"

#include "driver/driver_core.h"

namespace millrace {

TopologyTestDriver::TopologyTestDriver(absl::StatusOr<Topology> topology, TestDriverOptions options)
    : core_(std::make_unique<Core>(std::move(topology), std::move(options))) {}

TopologyTestDriver::~TopologyTestDriver() = default;

const absl::Status& TopologyTestDriver::status() const { return core_->status(); }

absl::Status TopologyTestDriver::AdvanceWallClock(absl::Duration by) {
  return core_->AdvanceWallClock(absl::ToInt64Milliseconds(by));
}

int64_t TopologyTestDriver::WallMs() const { return core_->clock().WallMs(); }

absl::Status TopologyTestDriver::Commit() { return core_->Commit(); }

absl::Status TopologyTestDriver::Close() { return core_->Close(); }

StateStore* TopologyTestDriver::FindStore(std::string_view name) { return core_->FindStore(name); }

int64_t TopologyTestDriver::dropped_records() const { return core_->dropped_records(); }

absl::Status TopologyTestDriver::PipeBytes(const TestRecord& record) { return core_->Pipe(record); }

const std::vector<TestRecord>& TopologyTestDriver::produced() const { return core_->log().records(); }

bool TopologyTestDriver::IsInternalTopic(std::string_view topic) const { return core_->IsInternalTopic(topic); }

absl::Status TestTopicPort::Pipe(const TestRecord& record) { return driver_.PipeBytes(record); }

int64_t TestTopicPort::WallMs() const { return driver_.WallMs(); }

absl::StatusOr<const TestRecord*> TestTopicPort::Read() { return driver_.core_->log().Read(topic_); }

size_t TestTopicPort::unread() const { return driver_.core_->log().unread(topic_); }

}  // namespace millrace
