# The same libraries for MinGW. All are static: the program is one file that imports system DLLs only
# (a test looks at its import table).
#
# Header-only libraries come from the native packages. /usr/include itself must not be on the include
# path, because glibc's headers would win over MinGW's, so a folder of links to just these libraries is.
set(links "${CMAKE_BINARY_DIR}/native-headers")
file(MAKE_DIRECTORY "${links}")
foreach(library fmt tl nlohmann CLI toml++)
  if(NOT IS_DIRECTORY "/usr/include/${library}")
    message(FATAL_ERROR "/usr/include/${library} is missing; `tools/setup.sh test` installs what is needed")
  endif()
  file(CREATE_LINK "/usr/include/${library}" "${links}/${library}" SYMBOLIC)
endforeach()

function(dropscope_header_only target)
  add_library(${target} INTERFACE)
  target_include_directories(${target} SYSTEM INTERFACE "${links}")
  target_compile_definitions(${target} INTERFACE ${ARGN})
endfunction()

dropscope_header_only(dropscope_fmt FMT_HEADER_ONLY=1)
dropscope_header_only(dropscope_expected)
dropscope_header_only(dropscope_json)
dropscope_header_only(dropscope_toml TOML_HEADER_ONLY=1)
dropscope_header_only(dropscope_cli11)

# Without this, find_package takes the import library of zlib1.dll even under -static.
set(ZLIB_USE_STATIC_LIBS ON)
find_package(ZLIB REQUIRED)

# Imported targets, so that CMake knows which archive needs which and orders the link line.
find_path(GCRYPT_INCLUDE gcrypt.h REQUIRED)
find_library(GCRYPT_LIBRARY libgcrypt.a REQUIRED)
find_library(GPG_ERROR_LIBRARY libgpg-error.a REQUIRED)
add_library(dropscope_gpg_error STATIC IMPORTED)
set_target_properties(dropscope_gpg_error PROPERTIES
  IMPORTED_LOCATION "${GPG_ERROR_LIBRARY}" INTERFACE_LINK_LIBRARIES ws2_32)
add_library(dropscope_gcrypt STATIC IMPORTED)
set_target_properties(dropscope_gcrypt PROPERTIES
  IMPORTED_LOCATION "${GCRYPT_LIBRARY}" INTERFACE_INCLUDE_DIRECTORIES "${GCRYPT_INCLUDE}"
  INTERFACE_LINK_LIBRARIES dropscope_gpg_error)

# Debian has no MinGW package of these; the script builds each once and prints where it is.
function(dropscope_built_library target library)
  execute_process(COMMAND bash "${PROJECT_SOURCE_DIR}/tools/windows_deps.sh" ${library}
                  OUTPUT_VARIABLE prefix OUTPUT_STRIP_TRAILING_WHITESPACE
                  COMMAND_ERROR_IS_FATAL ANY)
  add_library(${target} STATIC IMPORTED GLOBAL)
  set_target_properties(${target} PROPERTIES
    IMPORTED_LOCATION "${prefix}/lib/${library}.a"
    INTERFACE_INCLUDE_DIRECTORIES "${prefix}/include")
endfunction()

dropscope_built_library(dropscope_deflate libdeflate)
dropscope_built_library(dropscope_archive libarchive)
set_target_properties(dropscope_archive PROPERTIES
  INTERFACE_COMPILE_DEFINITIONS LIBARCHIVE_STATIC
  INTERFACE_LINK_LIBRARIES ZLIB::ZLIB)
