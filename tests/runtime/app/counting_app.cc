#include <cstdio>

#include "millrace/runtime/streams_app.h"
#include "runtime/app/count_topology.h"

// The application that the crash tests kill: counting_app BOOTSTRAP_SERVERS STATE_DIR THREADS
int main(int argc, char** argv) {
  if (argc != 4) {
    std::fputs("usage: counting_app BOOTSTRAP_SERVERS STATE_DIR THREADS\n", stderr);
    return 2;
  }
  millrace::StreamsApp app(millrace::CountTopology(), {{"application.id", "app"},
                                                       {"bootstrap.servers", argv[1]},
                                                       {"state.dir", argv[2]},
                                                       {"num.stream.threads", argv[3]},
                                                       {"commit.interval.ms", "20"},
                                                       {"session.timeout.ms", "6000"}});
  return app.RunUntilSignal();
}
