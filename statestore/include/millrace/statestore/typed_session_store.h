#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "millrace/base/bytes.h"
#include "millrace/statestore/facade.h"
#include "millrace/streams/session_store.h"

namespace millrace::internal {

// The key of a session's row (RowKeyKind::kSession).
inline constexpr size_t kSessionSuffixBytes = 2 * sizeof(int64_t);

inline void AppendSessionSuffix(const Window& session, std::string* key) {
  AppendBigEndian(session.end_ms, key);
  AppendBigEndian(session.start_ms, key);
}

template <class K>
struct DecodeSession {
  KeyCodec<K> codec;

  Windowed<K> operator()(std::string_view row_key) const {
    const size_t key_bytes = row_key.size() - kSessionSuffixBytes;
    const char* suffix = row_key.data() + key_bytes;
    return {codec.Decode(row_key.substr(0, key_bytes)),
            {LoadBigEndian<int64_t>(suffix + sizeof(int64_t)), LoadBigEndian<int64_t>(suffix)}};
  }
};

template <class Store, class K, class V>
class SessionReads : public Store {
 public:
  std::optional<V> FetchSession(const K& key, int64_t start_ms, int64_t end_ms) const override {
    KeyBuffer bytes(scratch_.get());
    codec_.Encode(key, bytes.get());
    AppendSessionSuffix({start_ms, end_ms}, bytes.get());
    std::optional<V> aggregate;
    rows_->Find(bytes.view(), end_ms, &aggregate);
    return aggregate;
  }
  StoreIteratorPtr<Windowed<K>, V> FindSessions(const K& key, int64_t earliest_end_ms,
                                                int64_t latest_start_ms) const override {
    return Scan(key, key, {.min_time_ms = earliest_end_ms, .max_start_ms = latest_start_ms});
  }
  StoreIteratorPtr<Windowed<K>, V> BackwardFindSessions(const K& key, int64_t earliest_end_ms,
                                                        int64_t latest_start_ms) const override {
    return Scan(key, key, {.min_time_ms = earliest_end_ms, .max_start_ms = latest_start_ms, .forward = false});
  }
  StoreIteratorPtr<Windowed<K>, V> FindSessions(const std::optional<K>& from, const std::optional<K>& to,
                                                int64_t earliest_end_ms, int64_t latest_start_ms) const override {
    return Scan(from, to, {.min_time_ms = earliest_end_ms, .max_start_ms = latest_start_ms});
  }
  StoreIteratorPtr<Windowed<K>, V> BackwardFindSessions(const std::optional<K>& from, const std::optional<K>& to,
                                                        int64_t earliest_end_ms,
                                                        int64_t latest_start_ms) const override {
    return Scan(from, to, {.min_time_ms = earliest_end_ms, .max_start_ms = latest_start_ms, .forward = false});
  }
  StoreIteratorPtr<Windowed<K>, V> FindSessionsByEnd(int64_t earliest_end_ms, int64_t latest_end_ms) const override {
    return Scan(std::nullopt, std::nullopt, {.min_time_ms = earliest_end_ms, .max_time_ms = latest_end_ms});
  }
  StoreIteratorPtr<Windowed<K>, V> FetchRange(const std::optional<K>& from, const std::optional<K>& to) const override {
    return Scan(from, to, {});
  }
  StoreIteratorPtr<Windowed<K>, V> BackwardFetchRange(const std::optional<K>& from,
                                                      const std::optional<K>& to) const override {
    return Scan(from, to, {.forward = false});
  }

 protected:
  SessionReads(RowReader& rows, KeyCodec<K> codec, std::unique_ptr<std::string> scratch)
      : codec_(std::move(codec)), scratch_(std::move(scratch)), rows_(&rows) {}

  const KeyCodec<K> codec_;
  const std::unique_ptr<std::string> scratch_;

 private:
  StoreIteratorPtr<Windowed<K>, V> Scan(const std::optional<K>& from, const std::optional<K>& to, RowScan scan) const {
    scan.from_key = codec_.Encode(from);
    scan.to_key = codec_.Encode(to);
    return MakeRowIterator<Windowed<K>, V>(rows_->Scan(scan), DecodeSession<K>{codec_});
  }

  RowReader* const rows_;
};

template <class K, class V>
class CommittedSessionStore final : public SessionReads<ReadOnlySessionStore<K, V>, K, V> {
 public:
  CommittedSessionStore(std::shared_ptr<RowReader> rows, KeyCodec<K> codec)
      : SessionReads<ReadOnlySessionStore<K, V>, K, V>(*rows, std::move(codec), nullptr), rows_(std::move(rows)) {}

 private:
  const std::shared_ptr<RowReader> rows_;
};

template <class K, class V>
class TypedSessionStore final : public SessionReads<SessionStore<K, V>, K, V>,
                                public CommittedReads<ReadOnlySessionStore<K, V>> {
  using Reads = SessionReads<SessionStore<K, V>, K, V>;

 public:
  TypedSessionStore(RowStore& rows, KeyCodec<K> codec)
      : Reads(rows, std::move(codec), std::make_unique<std::string>()), rows_(rows) {}

  const std::string& name() const override { return this->codec_.store(); }
  void Put(const Windowed<K>& session, std::optional<V> aggregate) override {
    std::string* bytes = this->scratch_.get();
    this->codec_.Encode(session.key, bytes);
    AppendSessionSuffix(session.window, bytes);
    rows_.Put(*bytes, session.window.end_ms, &aggregate);
  }
  bool caching() const override { return rows_.caching(); }
  void SetFlushListener(typename SessionStore<K, V>::FlushListener listener) override {
    rows_.SetFlushListener(TypedListener<V>(std::move(listener), DecodeSession<K>{this->codec_}));
  }
  std::shared_ptr<const ReadOnlySessionStore<K, V>> CommittedView() const override {
    std::shared_ptr<RowReader> rows = rows_.Committed();
    return rows == nullptr ? nullptr : std::make_shared<CommittedSessionStore<K, V>>(std::move(rows), this->codec_);
  }

 private:
  RowStore& rows_;
};

}  // namespace millrace::internal
