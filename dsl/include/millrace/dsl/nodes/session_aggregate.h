#pragma once

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "millrace/dsl/nodes/session_emission.h"
#include "millrace/dsl/nodes/stream_aggregate.h"
#include "millrace/dsl/nodes/window_emission.h"
#include "millrace/dsl/windows.h"
#include "millrace/streams/session_store.h"

namespace millrace::dsl {

// Adds each record to the session of its key that it continues, joining sessions that it bridges. The sessions that a
// record grows into a larger one are deleted: a null for each, then the new one. Timestamps are the ends of sessions.
template <class K, class V, class A>
class SessionAggregate final : public Processor<K, V, Windowed<K>, Change<A>> {
 public:
  using Context = typename Processor<K, V, Windowed<K>, Change<A>>::Context;

  SessionAggregate(SessionWindows windows, WindowedNodeOptions options, Aggregation<K, V, A> aggregation)
      : windows_(windows), options_(std::move(options)), aggregation_(std::move(aggregation)) {}

  void Init(Context& context) override {
    context_ = &context;
    sessions_ = &context.template GetStore<SessionStore<K, A>>(options_.store);
    if (!emits_on_close()) return output_.Start(context, *sessions_, options_.sends_old_values);
    output_.StartFinal(context);
    emission_.Start(context.environment(), options_.store);
  }

  void Process(Record<K, V>&& record) override {
    if (!record.key) return context_->CountDropped("a session aggregation needs a key, which is null");
    newest_ms_ = std::max(newest_ms_, record.timestamp_ms);
    const int64_t close_ms = newest_ms_ - windows_.grace_ms() - windows_.gap_ms();
    if (emits_on_close()) emission_.Emit(*sessions_, close_ms, record.headers, output_);
    if (aggregation_.needs_value && !record.value) {
      return context_->CountDropped("the function of a session aggregation does not take a null value");
    }
    Add(record, close_ms);
  }

 private:
  bool emits_on_close() const { return options_.emit == EmitStrategy::kOnWindowClose; }

  struct Session {
    Windowed<K> key;
    A aggregate;
  };

  void Add(const Record<K, V>& record, int64_t close_ms) {
    const int64_t time_ms = record.timestamp_ms;
    const Window single{time_ms, time_ms};
    Window grown = single;
    std::vector<Session> joined;
    std::optional<A> aggregate;
    if (aggregation_.initialize) aggregate = aggregation_.initialize();
    auto session = sessions_->FindSessions(*record.key, time_ms - windows_.gap_ms(), time_ms + windows_.gap_ms());
    for (; session->Valid(); session->Next()) {
      joined.push_back({session->key(), session->value()});
      const Window& window = session->key().window;
      grown = {std::min(grown.start_ms, window.start_ms), std::max(grown.end_ms, window.end_ms)};
      aggregate = aggregation_.merge(*record.key, std::move(aggregate), session->value());
    }
    session.reset();
    if (grown.end_ms < close_ms) return context_->CountDropped("its session is closed");

    if (grown != single) {
      for (Session& old : joined) {
        sessions_->Remove(old.key);
        Forward(record, old.key, std::nullopt, std::move(old.aggregate));
      }
    }
    std::optional<A> added = aggregation_.add(*record.key, record.value, std::move(aggregate));
    const Windowed<K> key{*record.key, grown};
    sessions_->Put(key, added);
    emission_.Expect(grown.end_ms);
    Forward(record, key, std::move(added), std::nullopt);
  }

  void Forward(const Record<K, V>& record, const Windowed<K>& key, std::optional<A> now, std::optional<A> before) {
    if (emits_on_close()) return;
    Change<A> change{std::move(now), std::nullopt};
    if (options_.sends_old_values) change.old_value = std::move(before);
    output_.Forward({key, std::move(change), key.window.end_ms, record.headers});
  }

  const SessionWindows windows_;
  const WindowedNodeOptions options_;
  const Aggregation<K, V, A> aggregation_;
  int64_t newest_ms_ = -1;
  Context* context_ = nullptr;
  SessionStore<K, A>* sessions_ = nullptr;
  TableOutput<Windowed<K>, A> output_;
  SessionEmission<K, A> emission_;
};

}  // namespace millrace::dsl
