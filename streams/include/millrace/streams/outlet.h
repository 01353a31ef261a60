#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "millrace/streams/record.h"

namespace millrace {

// Where records of one type go in. Confined to one thread.
template <class K, class V>
class Receiver {
 public:
  virtual void Process(Record<K, V>&& record) = 0;

 protected:
  ~Receiver() = default;
};

// The children of a node, in the order in which they were added. Confined to one thread.
template <class K, class V>
class Outlet {
 public:
  void Connect(std::string_view name, Receiver<K, V>* child) { children_.push_back({std::string(name), child}); }

  // To every child; each but the last gets a copy, which shares the headers.
  void Forward(Record<K, V>&& record) {
    if (children_.empty()) return;
    if (children_.size() > 1) record.headers.ShareWithCopies();
    for (size_t i = 0; i + 1 < children_.size(); ++i) {
      Record<K, V> copy(record);
      children_[i].receiver->Process(std::move(copy));
    }
    children_.back().receiver->Process(std::move(record));
  }

  // To the child called `name`; false when there is none.
  bool ForwardTo(std::string_view name, Record<K, V>&& record) {
    for (const Child& child : children_) {
      if (child.name == name) {
        child.receiver->Process(std::move(record));
        return true;
      }
    }
    return false;
  }

 private:
  struct Child {
    std::string name;
    Receiver<K, V>* receiver;
  };
  std::vector<Child> children_;
};

// The commonest types are compiled once, in the library, as below in other headers.
extern template class Outlet<std::string, std::string>;
extern template class Outlet<std::string, int64_t>;

}  // namespace millrace
