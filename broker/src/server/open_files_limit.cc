#include "server/open_files_limit.h"

#include <sys/resource.h>

#include <cerrno>
#include <cstring>

#include "millrace/base/log.h"

namespace millrace::broker {

void RaiseOpenFilesLimit() {
  rlimit limit = {};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= limit.rlim_max) return;
  const rlim_t before = limit.rlim_cur;
  limit.rlim_cur = limit.rlim_max;
  if (setrlimit(RLIMIT_NOFILE, &limit) == 0) return;
  LogWarning("broker", "no more than %d files and connections can be open at once: %s", before, std::strerror(errno));
}

}  // namespace millrace::broker
