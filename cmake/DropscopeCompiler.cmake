# Language level, warnings and instrumentation, carried by the interface target dropscope_options.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE RelWithDebInfo CACHE STRING "Build type" FORCE)
endif()

# Paths below the tree count as relative, so that a second clone finds what the first one compiled.
find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(launcher "${CMAKE_COMMAND}" -E env "CCACHE_BASEDIR=${PROJECT_SOURCE_DIR}" CCACHE_NOHASHDIR=1
      "${CCACHE_PROGRAM}")
  set(CMAKE_C_COMPILER_LAUNCHER "${launcher}")
  set(CMAKE_CXX_COMPILER_LAUNCHER "${launcher}")
endif()

find_package(Threads REQUIRED)

add_library(dropscope_options INTERFACE)
target_compile_options(dropscope_options INTERFACE
  -Wall -Wextra -Wshadow -Wnon-virtual-dtor -Wold-style-cast -Wcast-align -Woverloaded-virtual
  -Wconversion -Wsign-conversion -Wformat=2)
target_compile_definitions(dropscope_options INTERFACE DROPSCOPE_VERSION="${PROJECT_VERSION}")
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # GCC 12 warns of overlapping copies in std::string where there are none (GCC bug 105651).
  target_compile_options(dropscope_options INTERFACE -Wno-restrict)
endif()
if(DROPSCOPE_WERROR)
  target_compile_options(dropscope_options INTERFACE -Werror)
endif()
if(DROPSCOPE_SANITIZE)
  add_compile_options(-fsanitize=${DROPSCOPE_SANITIZE} -fno-omit-frame-pointer
                      -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${DROPSCOPE_SANITIZE})
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # GCC documents that its warning of uninitialized use errs under sanitizers; std::regex sets it off.
    add_compile_options(-Wno-maybe-uninitialized)
  endif()
endif()
if(DROPSCOPE_FUZZ)
  # Coverage feedback in every floor; the driver itself is linked only into the fuzz targets.
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()
if(DROPSCOPE_COVERAGE)
  add_compile_options(--coverage)
  add_link_options(--coverage)
endif()
