#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "millrace/streams/record.h"

namespace millrace {

// A live node of a task. Made by the topology for each task, owned by the task's graph, confined to its thread. The
// record types are erased here; that they fit was checked when the topology was built.
class Node {
 public:
  explicit Node(std::string name) : name_(std::move(name)) {}
  Node(const Node&) = delete;
  Node& operator=(const Node&) = delete;
  virtual ~Node() = default;

  const std::string& name() const { return name_; }

  // The Receiver<K, V> of what this node takes in; nullptr for sources.
  virtual void* receiver() = 0;
  // `receiver` is the Receiver of this node's output types.
  virtual void Connect(std::string_view child, void* receiver) = 0;
  // Called once all nodes are connected, parents first. Throws ProcessingError.
  virtual void Init() {}
  virtual void Close() {}

 private:
  const std::string name_;
};

// The outcome of looking at a raw record.
struct LoadResult {
  enum class Outcome : uint8_t {
    kLoaded,       // `timestamp_ms` holds its event time
    kSkipped,      // its event time is negative: to be dropped and counted
    kUndecodable,  // `status` says why: the deserialization exception handler decides
    kFailed,       // `status` says why the application has to stop (the extractor's word)
  };
  Outcome outcome;
  int64_t timestamp_ms = -1;
  absl::Status status;
};

// A slot for the first record of a partition's queue, decoded. The engine keeps one a partition, so that it can choose
// the partition with the smallest event time, and reuses it for record after record.
class SourceHead {
 public:
  virtual ~SourceHead() = default;

  virtual LoadResult Load(const RawRecord& raw, int64_t partition_time_ms) = 0;
  // Sends the loaded record down the graph, with the event time that Load() found. Once a Load().
  virtual void Forward() = 0;
};

class SourceNode : public Node {
 public:
  using Node::Node;

  // The head refers to this node and must go first.
  virtual std::unique_ptr<SourceHead> NewHead() = 0;
  void* receiver() final { return nullptr; }
};

}  // namespace millrace
