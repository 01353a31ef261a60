list(APPEND RUNTIME_SOURCES
  src/driver/driver_core.cc
  src/driver/mock_task.cc
  src/driver/task_feed.cc
  src/driver/temporary_folder.cc
  src/driver/test_log.cc
  src/driver/topology_test_driver.cc)
