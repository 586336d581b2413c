# Language and warning flags of every target of ours. They hold in this folder and below it: another project
# that has this one inside keeps its own.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR})

if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release)
endif()

# Unoptimised coroutine code is slow to test; -Og keeps it readable in a debugger.
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -DNDEBUG")
set(CMAKE_CXX_FLAGS_DEBUG "-Og -g1")

# What whoever uses our headers needs too.
add_library(attache_options INTERFACE)
target_compile_features(attache_options INTERFACE cxx_std_20)
target_compile_options(attache_options INTERFACE $<$<CXX_COMPILER_ID:GNU>:-fcoroutines>)
target_include_directories(attache_options INTERFACE ${PROJECT_SOURCE_DIR}/src)

add_library(attache_warnings INTERFACE)
target_compile_options(attache_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion $<$<BOOL:${PROJECT_IS_TOP_LEVEL}>:-Werror>
  # GCC 12 warns falsely about coroutine frames and inlined std::string (its bugs 105562, 105329, 105651).
  $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized;-Wno-restrict;-Wno-stringop-overflow;-Wno-mismatched-new-delete>)

# Files that are compiled together (the presets release and asan) stand in for one file that includes them: GCC 12
# then takes coroutines for types of a header.
if(CMAKE_UNITY_BUILD)
  target_compile_options(attache_warnings INTERFACE $<$<CXX_COMPILER_ID:GNU>:-Wno-subobject-linkage>)
endif()

if(ATTACHE_SANITIZE)
  # Line tables cost a quarter of this build; findings name functions without them. `CXXFLAGS=-g1 ./dev test asan` in a
  # fresh build folder has the lines.
  set(CMAKE_CXX_FLAGS_DEBUG "-Og")
  # With optimisation GCC's sanitizers raise false -Wmaybe-uninitialized and -Wnull-dereference warnings.
  add_compile_options(-fsanitize=${ATTACHE_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${ATTACHE_SANITIZE})
  # Asio has a fence beside the lock of its queue. GCC says that the sanitizer does not see it; it sees the lock.
  if(ATTACHE_SANITIZE MATCHES "thread")
    add_compile_options($<$<CXX_COMPILER_ID:GNU>:-Wno-tsan>)
  endif()
  if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    # Asio resumes coroutines through function pointers of another type.
    add_compile_options(-fno-sanitize=function)
  endif()
endif()
