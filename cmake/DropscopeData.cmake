# Sources made at build time: time zone rules, data files and report templates become part of the
# program, so that it runs from one file on any machine. Sets, for DropscopeFloors.cmake,
#   DROPSCOPE_ZONES_SOURCE, DROPSCOPE_DATA_SOURCE, DROPSCOPE_TEMPLATES_SOURCE.
find_package(Python3 3.11 REQUIRED COMPONENTS Interpreter)  # 3.11 brings tomllib.

set(DROPSCOPE_ZONEINFO "/usr/share/zoneinfo" CACHE PATH
    "Folder of compiled IANA time zones (TZif) to build in")
if(NOT IS_DIRECTORY "${DROPSCOPE_ZONEINFO}")
  message(FATAL_ERROR "No folder ${DROPSCOPE_ZONEINFO}: install tzdata, or name the folder of "
                      "compiled time zones with -DDROPSCOPE_ZONEINFO=")
endif()

set(generated_dir "${PROJECT_BINARY_DIR}/generated")
file(MAKE_DIRECTORY "${generated_dir}")

set(DROPSCOPE_ZONES_SOURCE "${generated_dir}/zones.cc")
set(zones_inputs "${PROJECT_SOURCE_DIR}/tools/pack_zones.py"
                 "${PROJECT_SOURCE_DIR}/data/windows_zones.toml")
# tzdata.zi holds all rules in text form and changes with every release of them.
if(EXISTS "${DROPSCOPE_ZONEINFO}/tzdata.zi")
  list(APPEND zones_inputs "${DROPSCOPE_ZONEINFO}/tzdata.zi")
endif()
add_custom_command(
  OUTPUT "${DROPSCOPE_ZONES_SOURCE}"
  COMMAND Python3::Interpreter "${PROJECT_SOURCE_DIR}/tools/pack_zones.py"
          --zoneinfo "${DROPSCOPE_ZONEINFO}"
          --windows "${PROJECT_SOURCE_DIR}/data/windows_zones.toml"
          --out "${DROPSCOPE_ZONES_SOURCE}"
  DEPENDS ${zones_inputs}
  COMMENT "Packing the time zones of ${DROPSCOPE_ZONEINFO}"
  VERBATIM)

# dropscope_embed(SHAPE FOLDER OUTPUT PATTERN): the files below FOLDER that match go into OUTPUT.
function(dropscope_embed shape folder output pattern)
  file(GLOB_RECURSE names CONFIGURE_DEPENDS RELATIVE "${folder}" "${folder}/${pattern}")
  list(SORT names)
  list(TRANSFORM names PREPEND "${folder}/" OUTPUT_VARIABLE files)
  add_custom_command(
    OUTPUT "${output}"
    COMMAND Python3::Interpreter "${PROJECT_SOURCE_DIR}/tools/embed.py" --shape ${shape}
            --root "${folder}" --out "${output}" -- ${names}
    DEPENDS "${PROJECT_SOURCE_DIR}/tools/embed.py" ${files}
    COMMENT "Embedding ${shape}"
    VERBATIM)
endfunction()

set(DROPSCOPE_DATA_SOURCE "${generated_dir}/data.cc")
dropscope_embed(data "${PROJECT_SOURCE_DIR}/data" "${DROPSCOPE_DATA_SOURCE}" "*.toml")
set(DROPSCOPE_TEMPLATES_SOURCE "${generated_dir}/templates.cc")
dropscope_embed(templates "${PROJECT_SOURCE_DIR}/templates" "${DROPSCOPE_TEMPLATES_SOURCE}" "*")

# Warnings are for code that people write.
set_source_files_properties(
  "${DROPSCOPE_ZONES_SOURCE}" "${DROPSCOPE_DATA_SOURCE}" "${DROPSCOPE_TEMPLATES_SOURCE}"
  PROPERTIES COMPILE_OPTIONS -w)
