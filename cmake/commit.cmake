# Writes OUTPUT, the C++ file with VERSION and the commit of the sources in SOURCE; it is touched only if that changes,
# so that a new commit compiles one small file. Where there is no git, `git archive` has written the commit into commit.txt.
file(STRINGS ${CMAKE_CURRENT_LIST_DIR}/commit.txt found LIMIT_COUNT 1)
find_program(GIT git)
if(found MATCHES "Format")
  set(found "")
  if(GIT AND EXISTS ${SOURCE}/.git)
    execute_process(COMMAND ${GIT} -C ${SOURCE} log -1 --format=%H/%cs/%ct
      OUTPUT_VARIABLE found OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
    execute_process(COMMAND ${GIT} -C ${SOURCE} diff-index --quiet HEAD -- ERROR_QUIET RESULT_VARIABLE changed)
  endif()
endif()
if(found MATCHES "^([0-9a-f]+)/([0-9-]+)/")
  string(SUBSTRING ${CMAKE_MATCH_1} 0 12 commit)
  set(date ${CMAKE_MATCH_2})
  if(changed)
    string(APPEND commit "+changes")
  endif()
else()
  set(commit unknown)
endif()
file(CONFIGURE OUTPUT ${OUTPUT} @ONLY CONTENT [[
#include "cli/commit.hpp"

namespace attache::cli {

const std::string_view version = "@VERSION@";
const std::string_view commit = "@commit@";
const std::string_view commit_date = "@date@";

}  // namespace attache::cli
]])
