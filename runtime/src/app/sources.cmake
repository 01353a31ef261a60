list(APPEND RUNTIME_SOURCES
  src/app/app_config.cc
  src/app/app_core.cc
  src/app/embedded_broker.cc
  src/app/repartition_purge.cc
  src/app/state_directory.cc
  src/app/streams_app.cc
  src/app/topic_plan.cc
  src/app/topic_setup.cc
  src/membership/lead_topic_membership.cc
  src/thread/at_least_once_commit.cc
  src/thread/global_task.cc
  src/thread/queryable_stores.cc
  src/thread/store_restorer.cc
  src/thread/stream_thread.cc
  src/thread/thread_tasks.cc)
list(APPEND RUNTIME_DEPENDS millrace::client millrace::statestore absl::synchronization)
list(APPEND RUNTIME_PRIVATE_DEPENDS millrace::broker)
