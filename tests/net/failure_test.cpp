#include "net/failure.hpp"

#include <gtest/gtest.h>

#include "vocabulary/numbers.hpp"

namespace attache::net {
namespace {

TEST(Failure, NamesWhatMostlyLiesBehindItsNumber) {
  EXPECT_EQ(make_failure(Errno::timed_out, "what", "why").reason.cause, base::Cause::server_timeout);
  EXPECT_EQ(make_failure(base::Cause::no_coverage, Errno::timed_out, "what", "why").reason.cause,
            base::Cause::no_coverage);
}

TEST(Failure, HasACauseForEachNumberOfASocket) {
  int found = 0;
  for (const vocabulary::NamedNumber& named : vocabulary::names_of(vocabulary::Numbering::error_number)) {
    auto code = static_cast<Errno>(named.number);
    if (usual_cause(code) != base::Cause::none) {
      EXPECT_EQ(name(code), named.name);
      ++found;
    }
  }
  EXPECT_EQ(found, 31);
}

}  // namespace
}  // namespace attache::net
