#include "processors.h"

#include <map>
#include <optional>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "functions.h"
#include "millrace/streams/key_value_store.h"
#include "millrace/streams/value_and_timestamp.h"

namespace millrace::vectors {
namespace {

using Arguments = std::vector<std::string>;

int64_t NumberAt(const Arguments& arguments, size_t at) {
  int64_t number = 0;
  if (at >= arguments.size() || !absl::SimpleAtoi(arguments[at], &number)) {
    throw std::runtime_error("a processor's argument is not a number");
  }
  return number;
}

PunctuationType TypeAt(const Arguments& arguments, size_t at) {
  if (arguments.at(at) == "stream") return PunctuationType::kStreamTime;
  if (arguments.at(at) == "wall") return PunctuationType::kWallClock;
  throw Unsupported(absl::StrCat("punctuation by '", arguments.at(at), "' time"));
}

// A processor that is one function of the record.
class Each final : public NamedProcessor {
 public:
  using Step = std::function<void(Each& self, Seen record)>;
  explicit Each(Step step) : step_(std::move(step)) {}
  void Process(Seen record) override { step_(*this, std::move(record)); }

  using NamedProcessor::context;
  using NamedProcessor::Forward;
  using NamedProcessor::port;

 private:
  Step step_;
};

// A plain store, or one whose rows have the time of the record that put them.
class Rows {
 public:
  Rows(const ProcessingContext& context, const std::string& store)
      : timestamped_(dynamic_cast<Timestamped*>(context.environment().FindStore(store))),
        plain_(timestamped_ == nullptr ? &context.GetStore<KeyValueStore<Datum, Datum>>(store) : nullptr) {}

  Part Get(const Datum& key) const {
    if (plain_ != nullptr) return plain_->Get(key);
    auto row = timestamped_->Get(key);
    return row ? Part(std::move(row->value)) : std::nullopt;
  }
  void Put(const Datum& key, const Part& value, int64_t timestamp_ms) {
    if (plain_ != nullptr) return plain_->Put(key, value);
    std::optional<ValueAndTimestamp<Datum>> row;
    if (value) row = ValueAndTimestamp<Datum>{*value, timestamp_ms};
    timestamped_->Put(key, std::move(row));
  }
  std::vector<std::pair<Datum, Datum>> All() const {
    std::vector<std::pair<Datum, Datum>> all;
    if (plain_ != nullptr) {
      for (auto it = plain_->All(); it->Valid(); it->Next()) all.emplace_back(it->key(), it->value());
    } else {
      for (auto it = timestamped_->All(); it->Valid(); it->Next()) all.emplace_back(it->key(), it->value().value);
    }
    return all;
  }

 private:
  using Timestamped = TimestampedKeyValueStore<Datum, Datum>;

  Timestamped* const timestamped_;
  KeyValueStore<Datum, Datum>* const plain_;
};

class CountStore final : public NamedProcessor {
 public:
  explicit CountStore(std::string store) : store_(std::move(store)) {}
  void Process(Seen record) override {
    if (!record.key) return;
    Rows counts(context(), store_);
    const Part count = Number(NumberOf(counts.Get(*record.key)) + 1);
    counts.Put(*record.key, count, record.timestamp_ms);
    record.value = count;
    Forward(std::move(record));
  }

 private:
  const std::string store_;
};

class Dedup final : public NamedProcessor {
 public:
  explicit Dedup(std::string store) : store_(std::move(store)) {}
  void Process(Seen record) override {
    if (!record.key) return;
    Rows seen(context(), store_);
    if (seen.Get(*record.key)) return;
    seen.Put(*record.key, record.value, record.timestamp_ms);
    Forward(std::move(record));
  }

 private:
  const std::string store_;
};

class StoreGet final : public NamedProcessor {
 public:
  explicit StoreGet(std::string store) : store_(std::move(store)) {}
  void Process(Seen record) override {
    record.value = Text(record.key ? Look(*record.key) : "null");
    Forward(std::move(record));
  }

 private:
  std::string Look(const Datum& key) {
    StateStore* store = context().environment().FindStore(store_);
    if (auto* rows = dynamic_cast<TimestampedKeyValueStore<Datum, Datum>*>(store)) {
      const auto row = rows->Get(key);
      return row ? absl::StrCat(TextOf(row->value), "@", row->timestamp_ms) : "null";
    }
    if (auto* counts = dynamic_cast<TimestampedKeyValueStore<Datum, int64_t>*>(store)) {
      const auto row = counts->Get(key);
      return row ? absl::StrCat(row->value, "@", row->timestamp_ms) : "null";
    }
    return TextOf(context().GetStore<KeyValueStore<Datum, Datum>>(store_).Get(key));
  }

  const std::string store_;
};

// Keeps records in a store and lets them out on punctuation.
class BufferFlush final : public NamedProcessor {
 public:
  explicit BufferFlush(const Arguments& arguments)
      : store_(arguments.at(0)), type_(TypeAt(arguments, 1)), interval_ms_(NumberAt(arguments, 2)) {}
  void Init(ProcessorPort& port) override {
    NamedProcessor::Init(port);
    context().Schedule(absl::Milliseconds(interval_ms_), type_, [this](int64_t time_ms) { Flush(time_ms); });
  }
  void Process(Seen record) override {
    if (!record.key) return;
    Rows(context(), store_).Put(*record.key, record.value, record.timestamp_ms);
  }

 private:
  void Flush(int64_t time_ms) {
    Rows store(context(), store_);
    for (const auto& [key, value] : store.All()) {
      Forward({key, value, time_ms, {}});
      store.Put(key, std::nullopt, time_ms);
    }
  }

  const std::string store_;
  const PunctuationType type_;
  const int64_t interval_ms_;
};

// Passes records on and says when its timers fire.
class Timers final : public NamedProcessor {
 public:
  struct Timer {
    std::string key;
    int64_t interval_ms;
    std::optional<int64_t> firings;  // after which it cancels itself
  };
  Timers(PunctuationType type, std::vector<Timer> timers) : type_(type), timers_(std::move(timers)) {}

  void Init(ProcessorPort& port) override {
    NamedProcessor::Init(port);
    schedules_.resize(timers_.size());
    for (size_t i = 0; i < timers_.size(); ++i) {
      schedules_[i] = context().Schedule(absl::Milliseconds(timers_[i].interval_ms), type_,
                                         [this, i](int64_t time_ms) { Fire(i, time_ms); });
    }
  }
  void Process(Seen record) override { Forward(std::move(record)); }

 private:
  void Fire(size_t timer, int64_t time_ms) {
    Forward({Text(timers_[timer].key), Text(absl::StrCat(time_ms)), time_ms, {}});
    if (timers_[timer].firings && --*timers_[timer].firings == 0) schedules_[timer]->Cancel();
  }

  const PunctuationType type_;
  std::vector<Timer> timers_;
  std::vector<std::optional<Cancellable>> schedules_;
};

std::string HeadersText(const Headers& headers) {
  std::string text;
  for (const Header& header : headers) absl::StrAppend(&text, header.name, "=", header.value.value_or("null"), ";");
  return text;
}

using Make = std::function<std::unique_ptr<NamedProcessor>(const Arguments& arguments)>;

Make MakeEach(std::function<Each::Step(const Arguments& arguments)> step) {
  return [step = std::move(step)](const Arguments& arguments) { return std::make_unique<Each>(step(arguments)); };
}

// A processor that changes the record and passes it on.
Make MakeChange(std::function<void(const Arguments& arguments, Each& self, Seen& record)> change) {
  return MakeEach([change = std::move(change)](const Arguments& arguments) {
    return [change, arguments](Each& self, Seen record) {
      change(arguments, self, record);
      self.Forward(std::move(record));
    };
  });
}

const std::map<std::string, Make>& StatelessMakers() {
  static const std::map<std::string, Make> makers = {
      {"pass", MakeChange([](auto&, auto&, auto&) {})},
      {"drop", MakeEach([](auto&) { return [](Each&, Seen) {}; })},
      {"metaTag", MakeChange([](auto&, Each& self, Seen& record) {
         // What a punctuation forwards comes from no topic.
         const RecordMetadata* from = self.context().record_metadata();
         record.value = Text(from == nullptr ? absl::StrCat("null/-1/-1/", TextOf(record.value))
                                             : absl::StrCat(std::string(from->topic), "/", from->partition, "/",
                                                            from->offset, "/", TextOf(record.value)));
       })},
      {"addHeader", MakeChange([](auto& args, Each&, Seen& record) { record.headers.Add(args.at(0), args.at(1)); })},
      {"removeHeader", MakeChange([](auto& args, Each&, Seen& record) { record.headers.Remove(args.at(0)); })},
      {"headersToValue",
       MakeChange([](auto&, Each&, Seen& record) { record.value = Text(HeadersText(record.headers)); })},
      {"tsShift", MakeChange([](auto& args, Each&, Seen& record) { record.timestamp_ms += NumberAt(args, 0); })},
      {"streamTime", MakeChange([](auto&, Each& self, Seen& record) {
         record.value = Text(absl::StrCat(record.timestamp_ms, "/", self.context().CurrentStreamTimeMs()));
       })},
      {"wallTime", MakeChange([](auto&, Each& self, Seen& record) {
         record.value = Text(absl::StrCat(self.context().CurrentWallClockMs()));
       })},
      {"failIf", MakeChange([](auto& args, Each&, Seen& record) {
         if (TextOf(record.value) == args.at(0)) throw std::runtime_error("told to fail");
       })},
      {"forwardTwice", MakeEach([](auto&) {
         return [](Each& self, Seen record) {
           self.Forward(record);
           ++record.timestamp_ms;
           self.Forward(std::move(record));
         };
       })},
      {"forwardTo", MakeEach([](const Arguments& args) {
         return [args](Each& self, Seen record) {
           const bool first = record.value && absl::StartsWith(TextOf(record.value), args.at(0));
           self.port().ForwardTo(first ? args.at(1) : args.at(2), record.key, record.value, record.timestamp_ms,
                                 record.headers);
         };
       })},
  };
  return makers;
}

const std::map<std::string, Make>& StatefulMakers() {
  using Timer = Timers::Timer;
  static const std::map<std::string, Make> makers = {
      {"countStore", [](const Arguments& args) { return std::make_unique<CountStore>(args.at(0)); }},
      {"dedup", [](const Arguments& args) { return std::make_unique<Dedup>(args.at(0)); }},
      {"storeGet", [](const Arguments& args) { return std::make_unique<StoreGet>(args.at(0)); }},
      {"bufferFlush", [](const Arguments& args) { return std::make_unique<BufferFlush>(args); }},
      {"punctuate",
       [](const Arguments& args) {
         return std::make_unique<Timers>(TypeAt(args, 0),
                                         std::vector<Timer>{{"punct", NumberAt(args, 1), std::nullopt}});
       }},
      {"twoTimers",
       [](const Arguments& args) {
         return std::make_unique<Timers>(TypeAt(args, 0), std::vector<Timer>{{"A", NumberAt(args, 1), std::nullopt},
                                                                             {"B", NumberAt(args, 2), std::nullopt}});
       }},
      {"punctuateCancel",
       [](const Arguments& args) {
         return std::make_unique<Timers>(TypeAt(args, 0),
                                         std::vector<Timer>{{"punct", NumberAt(args, 1), NumberAt(args, 2)}});
       }},
  };
  return makers;
}

}  // namespace

NamedProcessorMaker ProcessorNamed(const std::string& text) {
  const FunctionName name(text);
  for (const auto* makers : {&StatelessMakers(), &StatefulMakers()}) {
    const auto maker = makers->find(name.name);
    if (maker == makers->end()) continue;
    // What the arguments say is checked now, not when a task is made.
    (void)maker->second(name.Arguments());
    return [make = maker->second, arguments = name.Arguments()] { return make(arguments); };
  }
  throw Unsupported(absl::StrCat("processor '", text, "'"));
}

}  // namespace millrace::vectors
