list(APPEND RUNTIME_SOURCES
  src/task/changelog_topic.cc
  src/task/dead_letter.cc
  src/task/dropped_records.cc
  src/task/error_edge.cc
  src/task/internal_topics.cc
  src/task/node_environment.cc
  src/task/offset_metadata.cc
  src/task/partition_group.cc
  src/task/partition_queue.cc
  src/task/punctuation_queue.cc
  src/task/source_changelog.cc
  src/task/task.cc
  src/task/task_state.cc)
list(APPEND RUNTIME_DEPENDS millrace::streams millrace::statestore millrace::client)
