# `cmake --install`: libdropscope for other programs (CMake package and pkg-config), and the
# documents. The program installs itself (apps/cli).
# The CMake package is made on Linux only: a Windows build is for the program, its static libraries are
# put together from places that no other machine has.
install(FILES "${PROJECT_SOURCE_DIR}/LICENSE" "${PROJECT_SOURCE_DIR}/README.md"
              "${PROJECT_SOURCE_DIR}/CHANGELOG.md"
        DESTINATION "${CMAKE_INSTALL_DOCDIR}")
install(DIRECTORY "${PROJECT_SOURCE_DIR}/docs/" DESTINATION "${CMAKE_INSTALL_DOCDIR}/docs")

if(NOT WIN32)
  include(CMakePackageConfigHelpers)
  get_property(floors GLOBAL PROPERTY DROPSCOPE_FLOORS)
  list(REMOVE_ITEM floors simulate probe)  # Beside the tower; only the program needs them.
  set(targets dropscope_all)
  set(archives "")
  foreach(floor IN LISTS floors)
    list(APPEND targets dropscope_${floor})
    string(PREPEND archives " -ldropscope_${floor}")  # Upper floors first, as the linker wants them.
  endforeach()
  set(package_dir "${CMAKE_INSTALL_LIBDIR}/cmake/dropscope")
  install(TARGETS ${targets} EXPORT dropscopeTargets
          ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}")
  install(EXPORT dropscopeTargets NAMESPACE dropscope:: DESTINATION "${package_dir}"
         )
  foreach(floor IN LISTS floors)
    install(DIRECTORY "${PROJECT_SOURCE_DIR}/src/${floor}"
            DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}/dropscope"
            FILES_MATCHING PATTERN "*.h")
  endforeach()
  configure_package_config_file("${PROJECT_SOURCE_DIR}/cmake/dropscopeConfig.cmake.in"
    "${CMAKE_BINARY_DIR}/package/dropscopeConfig.cmake" INSTALL_DESTINATION "${package_dir}")
  write_basic_package_version_file("${CMAKE_BINARY_DIR}/package/dropscopeConfigVersion.cmake"
    COMPATIBILITY SameMinorVersion)
  install(FILES "${CMAKE_BINARY_DIR}/package/dropscopeConfig.cmake"
                "${CMAKE_BINARY_DIR}/package/dropscopeConfigVersion.cmake"
          DESTINATION "${package_dir}")
  set(DROPSCOPE_PC_LIBS "${archives}")
  configure_file("${PROJECT_SOURCE_DIR}/cmake/dropscope.pc.in"
                 "${CMAKE_BINARY_DIR}/package/dropscope.pc" @ONLY)
  install(FILES "${CMAKE_BINARY_DIR}/package/dropscope.pc"
          DESTINATION "${CMAKE_INSTALL_LIBDIR}/pkgconfig")
endif()
