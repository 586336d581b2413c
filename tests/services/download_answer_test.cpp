#include "services/download_answer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace attache::services {
namespace {

TEST(DownloadAnswer, HasTheLengthOfAWholeFile) {
  auto answer = read_download_answer(200, "HTTP/1.1 200 OK\r\nX: 1\r\nCONTENT-length:  4096 \r\n\r\n");
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->first, 0U);
  EXPECT_EQ(answer->total, 4096U);
}

TEST(DownloadAnswer, HasTheRangeOfAPart) {
  auto answer = read_download_answer(206, "HTTP/1.1 206 x\r\nContent-Range: bytes 1024-2047/4096\r\n\r\n");
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->first, 1024U);
  EXPECT_EQ(answer->total, 4096U);
}

TEST(DownloadAnswer, IsRefusedWithoutWhatIsNeeded) {
  for (const char* range :
       {"", "Content-Range: bytes 5-9/*\r\n", "Content-Range: bytes */9\r\n", "Content-Range: 5-6/9\r\n",
        "Content-Range: bytes 9-9/9\r\n", "Content-Range: bytes /-\r\n", "Content-Range: bytes -1-2/9\r\n",
        "Content-Range: bytes 0-1/99999999999999999999\r\n"}) {
    EXPECT_FALSE(read_download_answer(206, std::string("HTTP/1.1 206 x\r\n") + range + "\r\n")) << range;
  }
  EXPECT_FALSE(read_download_answer(200, "HTTP/1.1 200 OK\r\n\r\n"));
  EXPECT_FALSE(read_download_answer(200, "HTTP/1.1 200 OK\r\nContent-Length: -4\r\n\r\n"));
  EXPECT_THAT(read_download_answer(404, "").error().advice, testing::HasSubstr("path"));
  EXPECT_THAT(read_download_answer(302, "").error().advice, testing::HasSubstr("redirections"));
  EXPECT_FALSE(read_download_answer(500, ""));
}

}  // namespace
}  // namespace attache::services
