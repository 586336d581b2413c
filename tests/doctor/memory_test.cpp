#include <fmt/format.h>
#include <gtest/gtest.h>
#include <malloc.h>

#include "doctor/support/diagnose.hpp"

namespace attache::doctor {
namespace {

constexpr std::size_t piece = 64UL * 1024;

// A session that goes wrong in other ways all the time.
std::string session_text(std::size_t& number) {
  std::string text;
  while (text.size() < piece) {
    text += fmt::format(
        "[00:00:{:02}.000,000] <inf> app: round {}\nAT+CFUN=1\nOK\n+CEREG: 2,\"5209\",\"{:08X}\",9\n"
        "AT#XHTTPCCON=1,\"host{}.example.com\",443,{}\n#XHTTPCCON: 0\nERROR\nAT%CMNG=3,{},0\n+CME ERROR: "
        "{}\n",
        number % 60, number, number, number, number, number, number % 600);
    ++number;
  }
  return text;
}

TEST(DoctorMemory, DoesNotGrowWithTheLog) {
#ifdef __SANITIZE_ADDRESS__
  GTEST_SKIP() << "the allocator of the sanitizer keeps no statistics";
#endif
  Doctor doctor(PatientFile{});
  doctor.begin("long.log");
  std::size_t number = 0;
  auto take = [&](std::size_t bytes) {
    for (std::size_t taken = 0; taken < bytes; taken += piece) {
      doctor.take(session_text(number));
    }
  };
  take(24'000'000);  // What is kept of both ends, and of what failed between, is complete.
  std::size_t before = mallinfo2().uordblks;
  take(6'000'000);
  std::size_t after = mallinfo2().uordblks;
  EXPECT_LT(after, before + 500'000);
  doctor.end();
  EXPECT_FALSE(doctor.diagnose().findings.empty());
}

// A line without end, and quotes that nobody closes.
TEST(DoctorMemory, DoesNotGrowWithALine) {
  Doctor doctor(PatientFile{});
  doctor.begin("line.log");
  doctor.take("AT%CMNG=0,42,0,\"-----BEGIN CERTIFICATE-----\n");
  std::string endless(piece, 'A');
  doctor.take(endless);
  std::size_t before = mallinfo2().uordblks;
  for (int i = 0; i < 200; ++i) {
    doctor.take(endless);
  }
  EXPECT_LT(mallinfo2().uordblks, before + 200'000);
  doctor.end();
  EXPECT_FALSE(doctor.diagnose().unread.empty());
}

}  // namespace
}  // namespace attache::doctor
