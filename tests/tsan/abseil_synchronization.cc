// Tells ThreadSanitizer what Abseil's mutexes and notifications order.
//
// Debian's Abseil is not instrumented, so ThreadSanitizer sees neither its locks nor what they order, and takes every
// value that a mutex guards for a race. These definitions stand in front of those of the shared library: each calls the
// library's own and says what it did, as <sanitizer/tsan_interface.h> asks. They are linked into every test of the
// tsan preset (cmake/MillraceTargets.cmake), and into nothing else.
//
// A condition is evaluated by whatever thread gives the mutex back, so what happens within Await and Unlock is not
// looked at: the annotations of a mutex see to that.

#include <dlfcn.h>
#include <sanitizer/tsan_interface.h>

#include <cstdio>
#include <cstdlib>
#include <string>

#include "absl/base/config.h"
#include "absl/synchronization/mutex.h"
#include "absl/synchronization/notification.h"

#define MILLRACE_TEXT_OF(name) #name
#define MILLRACE_TEXT(name) MILLRACE_TEXT_OF(name)

namespace {

// The library's definition of absl::<method>, by its mangled name behind the namespace: "5Mutex4LockEv" and with
// `qualifier` "K" if it is const.
template <class Function>
Function* Next(const char* method, const char* qualifier = "") {
  const std::string inline_namespace = MILLRACE_TEXT(ABSL_OPTION_INLINE_NAMESPACE_NAME);
  const std::string symbol =
      std::string("_ZN") + qualifier + "4absl" + std::to_string(inline_namespace.size()) + inline_namespace + method;
  void* found = dlsym(RTLD_NEXT, symbol.c_str());
  if (found == nullptr) {
    std::fprintf(stderr, "abseil_synchronization.cc: Abseil has no %s\n", symbol.c_str());
    std::abort();
  }
  return reinterpret_cast<Function*>(found);
}

// The time that `mutex` is given away while its owner waits for a condition.
class GivenAway {
 public:
  explicit GivenAway(absl::Mutex* mutex) : mutex_(mutex) {
    __tsan_mutex_pre_unlock(mutex_, 0);
    __tsan_mutex_post_unlock(mutex_, 0);
    __tsan_mutex_pre_lock(mutex_, 0);
  }
  GivenAway(const GivenAway&) = delete;
  GivenAway& operator=(const GivenAway&) = delete;
  ~GivenAway() { __tsan_mutex_post_lock(mutex_, 0, 0); }

 private:
  absl::Mutex* const mutex_;
};

}  // namespace

namespace absl {
ABSL_NAMESPACE_BEGIN

void Mutex::Lock() {
  static auto* const next = Next<void(Mutex*)>("5Mutex4LockEv");
  __tsan_mutex_pre_lock(this, 0);
  next(this);
  __tsan_mutex_post_lock(this, 0, 0);
}

void Mutex::LockWhen(const Condition& condition) {
  static auto* const next = Next<void(Mutex*, const Condition&)>("5Mutex8LockWhenERKNS0_9ConditionE");
  __tsan_mutex_pre_lock(this, 0);
  next(this, condition);
  __tsan_mutex_post_lock(this, 0, 0);
}

// LockWhenWithTimeout() comes through here too.
bool Mutex::LockWhenWithDeadline(const Condition& condition, Time deadline) {
  static auto* const next =
      Next<bool(Mutex*, const Condition&, Time)>("5Mutex20LockWhenWithDeadlineERKNS0_9ConditionENS0_4TimeE");
  __tsan_mutex_pre_lock(this, 0);
  const bool holds = next(this, condition, deadline);
  __tsan_mutex_post_lock(this, 0, 0);
  return holds;
}

bool Mutex::TryLock() {
  static auto* const next = Next<bool(Mutex*)>("5Mutex7TryLockEv");
  __tsan_mutex_pre_lock(this, __tsan_mutex_try_lock);
  const bool locked = next(this);
  __tsan_mutex_post_lock(this, __tsan_mutex_try_lock | (locked ? 0 : __tsan_mutex_try_lock_failed), 0);
  return locked;
}

void Mutex::Unlock() {
  static auto* const next = Next<void(Mutex*)>("5Mutex6UnlockEv");
  __tsan_mutex_pre_unlock(this, 0);
  next(this);
  __tsan_mutex_post_unlock(this, 0);
}

void Mutex::ReaderLock() {
  static auto* const next = Next<void(Mutex*)>("5Mutex10ReaderLockEv");
  __tsan_mutex_pre_lock(this, __tsan_mutex_read_lock);
  next(this);
  __tsan_mutex_post_lock(this, __tsan_mutex_read_lock, 0);
}

void Mutex::ReaderUnlock() {
  static auto* const next = Next<void(Mutex*)>("5Mutex12ReaderUnlockEv");
  __tsan_mutex_pre_unlock(this, __tsan_mutex_read_lock);
  next(this);
  __tsan_mutex_post_unlock(this, __tsan_mutex_read_lock);
}

void Mutex::Await(const Condition& condition) {
  static auto* const next = Next<void(Mutex*, const Condition&)>("5Mutex5AwaitERKNS0_9ConditionE");
  const GivenAway given_away(this);
  next(this, condition);
}

// AwaitWithTimeout() comes through here too.
bool Mutex::AwaitWithDeadline(const Condition& condition, Time deadline) {
  static auto* const next =
      Next<bool(Mutex*, const Condition&, Time)>("5Mutex17AwaitWithDeadlineERKNS0_9ConditionENS0_4TimeE");
  const GivenAway given_away(this);
  return next(this, condition, deadline);
}

void Notification::Notify() {
  static auto* const next = Next<void(Notification*)>("12Notification6NotifyEv");
  __tsan_release(this);
  next(this);
}

void Notification::WaitForNotification() const {
  static auto* const next = Next<void(const Notification*)>("12Notification19WaitForNotificationEv", "K");
  next(this);
  __tsan_acquire(const_cast<Notification*>(this));
}

ABSL_NAMESPACE_END
}  // namespace absl
