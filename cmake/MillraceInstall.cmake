# `cmake --install` and find_package(Millrace): every layer as millrace::<folder>, and millrace::millrace for all that an
# application includes through <millrace/millrace.h>.
include_guard(GLOBAL)
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(package_dir "${CMAKE_INSTALL_LIBDIR}/cmake/Millrace")
foreach(layer IN LISTS MILLRACE_LAYERS)
  if(TARGET millrace::${layer})
    install(TARGETS millrace_${layer} EXPORT MillraceTargets FILE_SET HEADERS)
  endif()
endforeach()
install(EXPORT MillraceTargets NAMESPACE millrace:: DESTINATION "${package_dir}")
if(TARGET millrace_program)
  install(TARGETS millrace_program)
endif()

configure_package_config_file(cmake/MillraceConfig.cmake.in "${PROJECT_BINARY_DIR}/MillraceConfig.cmake"
  INSTALL_DESTINATION "${package_dir}")
write_basic_package_version_file("${PROJECT_BINARY_DIR}/MillraceConfigVersion.cmake" COMPATIBILITY SameMinorVersion)
install(FILES "${PROJECT_BINARY_DIR}/MillraceConfig.cmake" "${PROJECT_BINARY_DIR}/MillraceConfigVersion.cmake"
              cmake/MillraceDependencies.cmake
  DESTINATION "${package_dir}")
